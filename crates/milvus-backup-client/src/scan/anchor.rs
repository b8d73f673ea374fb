//! Where the next page starts: a key that an expression can name, and a number of rows after it.

use arrow_array::RecordBatch;
use milvus_backup_core::Result;
use milvus_backup_core::schema::PrimaryKey;

use crate::versions::Server;

/// The keys that the expressions of a server can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nameable {
    All,
    /// Milvus Lite 2 takes the escape `\n` in a text for the letter, knows no other one, and refuses a literal with a
    /// line break.
    WithoutLineBreaks,
    /// The name of the primary key is a word of the expression language.
    None,
}

/// The start of the next page. It is the last key that was read where an expression can name it; otherwise rows are
/// counted from the last one that it can name.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    nameable: Nameable,
    after: Option<PrimaryKey>,
    skip: usize,
    /// Number of rows that were received, whichever of them were new.
    received: usize,
    /// Whether the next page may have rows up to the key at which the scan starts.
    overlaps: bool,
}

impl Anchor {
    /// Starts after a key, or before all of them.
    pub(super) fn new(start: Option<&PrimaryKey>, server: Option<Server>) -> Self {
        let nameable = if server == Some(Server::Lite2) { Nameable::WithoutLineBreaks } else { Nameable::All };
        let mut anchor = Self { nameable, after: start.cloned(), skip: 0, received: 0, overlaps: false };
        if let Some(key) = start.filter(|key| !anchor.can_name(key)) {
            anchor.after = before_line_break(key);
            anchor.overlaps = true;
        }
        anchor
    }

    /// Returns whether expressions of the server can name a key.
    pub(super) fn can_name(&self, key: &PrimaryKey) -> bool {
        match (self.nameable, key) {
            (Nameable::All, _) | (Nameable::WithoutLineBreaks, PrimaryKey::Int64(_) | PrimaryKey::Uuid(_)) => true,
            (Nameable::WithoutLineBreaks, PrimaryKey::VarChar(text)) => !text.contains(LINE_BREAKS),
            (Nameable::None, _) => false,
        }
    }

    /// Counts rows instead of naming keys from now on, because no expression can name the field of the keys.
    pub(super) fn count_rows(&mut self) {
        self.nameable = Nameable::None;
        self.overlaps |= self.received == 0 && self.after.is_some();
        self.after = None;
        self.skip = self.received;
    }

    /// Returns whether rows are counted because no expression can name the field of the keys.
    pub(super) fn counts_rows(&self) -> bool {
        self.nameable == Nameable::None
    }

    /// Returns the key after which the page starts; `None` for the first rows.
    pub(super) fn key(&self) -> Option<&PrimaryKey> {
        self.after.as_ref()
    }

    /// Returns the number of rows between this key and the page.
    pub(super) fn skip(&self) -> usize {
        self.skip
    }

    /// Returns whether the next page may have rows up to the key at which the scan starts: see [`rows_after`].
    pub(super) fn overlaps(&self) -> bool {
        self.overlaps
    }

    /// Moves past a page that has only such rows.
    pub(super) fn pass(&mut self, rows: usize) {
        self.received += rows;
        self.skip += rows;
    }

    /// Moves to the end of a page with this number of rows, as received.
    pub(super) fn advance(&mut self, rows: usize, last: &PrimaryKey) {
        self.received += rows;
        self.overlaps = false;
        if self.can_name(last) {
            (self.after, self.skip) = (Some(last.clone()), 0);
        } else {
            self.skip += rows;
        }
    }
}

const LINE_BREAKS: [char; 2] = ['\n', '\r'];

/// Returns the text before the first line break, which is less than the key.
fn before_line_break(key: &PrimaryKey) -> Option<PrimaryKey> {
    let PrimaryKey::VarChar(text) = key else { return None };
    let (before, _) = text.split_once(LINE_BREAKS)?;
    Some(PrimaryKey::VarChar(before.to_owned()))
}

/// Returns the rows of a page that come after a key. The keys of the page ascend.
pub(super) fn rows_after(page: &RecordBatch, key_field: &str, last: &PrimaryKey) -> Result<RecordBatch> {
    let Some(keys) = page.column_by_name(key_field) else { return Ok(page.clone()) };
    let (mut low, mut high) = (0, keys.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        if PrimaryKey::at(keys, middle)? <= *last { low = middle + 1 } else { high = middle }
    }
    Ok(page.slice(low, page.num_rows() - low))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::cast::AsArray;
    use arrow_array::{ArrayRef, StringArray};

    use super::*;

    fn text(key: &str) -> PrimaryKey {
        PrimaryKey::VarChar(key.to_owned())
    }

    #[test]
    fn every_key_is_named_where_it_can_be() {
        let mut anchor = Anchor::new(Some(&text("a\nb")), Some(Server::from_version("2.6.0")));
        assert_eq!((anchor.key(), anchor.skip()), (Some(&text("a\nb")), 0));
        anchor.advance(5, &text("\r"));
        assert_eq!((anchor.key(), anchor.skip()), (Some(&text("\r")), 0));
    }

    #[test]
    fn rows_are_counted_from_the_last_key_that_can_be_named() {
        let mut anchor = Anchor::new(None, Some(Server::Lite2));
        anchor.advance(3, &text("a"));
        anchor.advance(4, &text("a\nb"));
        anchor.advance(2, &text("a\rb"));
        assert_eq!((anchor.key(), anchor.skip()), (Some(&text("a")), 6));
        anchor.advance(1, &text("b"));
        assert_eq!((anchor.key(), anchor.skip()), (Some(&text("b")), 0));
    }

    #[test]
    fn a_start_that_cannot_be_named_is_replaced_by_an_earlier_one() {
        let mut anchor = Anchor::new(Some(&text("a\rb\nc")), Some(Server::Lite2));
        assert_eq!((anchor.key(), anchor.skip(), anchor.overlaps()), (Some(&text("a")), 0, true));
        anchor.pass(7);
        assert_eq!((anchor.key(), anchor.skip(), anchor.overlaps()), (Some(&text("a")), 7, true));
        anchor.advance(2, &text("a\rc\n"));
        assert_eq!((anchor.key(), anchor.skip(), anchor.overlaps()), (Some(&text("a")), 9, false));
    }

    #[test]
    fn a_start_is_looked_for_from_the_first_row_where_no_key_can_be_named() {
        let mut anchor = Anchor::new(Some(&PrimaryKey::Int64(7)), Some(Server::from_version("2.3.5")));
        assert!(!anchor.overlaps());
        anchor.count_rows();
        assert_eq!((anchor.key(), anchor.skip(), anchor.overlaps()), (None, 0, true));
    }

    #[test]
    fn without_expressions_all_rows_are_counted() {
        let mut anchor = Anchor::new(None, Some(Server::from_version("2.3.5")));
        anchor.advance(3, &PrimaryKey::Int64(7));
        anchor.count_rows();
        assert_eq!((anchor.key(), anchor.skip()), (None, 3));
        anchor.advance(2, &PrimaryKey::Int64(9));
        assert_eq!((anchor.key(), anchor.skip()), (None, 5));
    }

    #[test]
    fn rows_up_to_a_key_are_left_out() {
        let keys: ArrayRef = Arc::new(StringArray::from(vec!["", "a", "a\nb", "b"]));
        let page = RecordBatch::try_from_iter([("k", keys)]).unwrap();
        for (last, expected) in [("", 3), ("a", 2), ("a\n", 2), ("a\nb", 1), ("b", 0), ("z", 0)] {
            let rest = rows_after(&page, "k", &text(last)).unwrap();
            assert_eq!(rest.num_rows(), expected, "{last:?}");
            assert!(rest.column(0).as_string::<i32>().iter().all(|key| key.unwrap() > last));
        }
    }
}
