//! Human-readable text: counts, lists and tables, and untrusted text made safe to print.
//!
//! Must always hold: no text from a server, a backup or an argument can move the cursor, change colors or forge a line
//! on a terminal.

use std::borrow::Cow;
use std::fmt::Write;

use milvus_backup_core::wording;
use unicode_width::UnicodeWidthStr;

/// Returns `text` with control characters (including line breaks) and direction overrides escaped.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, is_unsafe)
}

/// Returns text of several lines in the same form, but keeps its line feeds.
pub(crate) fn printable_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |character| character != '\n' && is_unsafe(character))
}

fn escaped(text: &str, is_unsafe: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_unsafe(character) {
            // Writing to a String cannot fail.
            let _ = write!(safe, "{}", character.escape_default());
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns `1 file`, `2 files`, `3 indexes`.
pub(crate) fn count(number: impl TryInto<u64>, noun: &str) -> String {
    wording::count(number.try_into().unwrap_or(u64::MAX), noun)
}

/// Returns the names, separated by commas. Those beyond the first `shown` are only counted: `p1, p2 +3`.
pub(crate) fn short_list<T: AsRef<str>>(names: &[T], shown: usize) -> String {
    let list = names.iter().take(shown).map(|name| printable(name.as_ref())).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(shown) {
        0 => list,
        more => format!("{list} +{more}"),
    }
}

/// Returns rows with their columns aligned by the width of the characters on a terminal. Cells are made printable.
pub(crate) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let rows: Vec<[Cow<'_, str>; N]> = rows.iter().map(|row| row.each_ref().map(|cell| printable(cell))).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |row: &[Cow<'_, str>; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| pad(cell, *width));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn pad(cell: &str, width: usize) -> String {
    let missing = width.saturating_sub(cell.width());
    format!("{cell}{:missing$}", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_drive_a_terminal_is_escaped() {
        assert_eq!(printable("plain é 日本"), "plain é 日本");
        assert_eq!(printable("a\u{1b}[31m\nb\u{9b}c\u{202e}d"), "a\\u{1b}[31m\\nb\\u{9b}c\\u{202e}d");
        assert_eq!(printable_lines("a\r\nb"), "a\\r\nb");
    }

    #[test]
    fn counts_are_english() {
        let all = [count(0_u64, "file"), count(1_u64, "index"), count(2_u64, "index"), count(3_usize, "partition")];
        assert_eq!(all, ["0 files", "1 index", "2 indexes", "3 partitions"]);
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(short_list(&["a", "b", "c"], 2), "a, b +1");
        assert_eq!(short_list(&["a", "b"], 2), "a, b");
    }

    #[test]
    fn columns_align_by_display_width() {
        let rows = [["日本", "x"], ["ab", "y"], ["é", "z"]].map(|row| row.map(str::to_owned));
        assert_eq!(table(&rows), "日本  x\nab    y\né     z");
    }
}
