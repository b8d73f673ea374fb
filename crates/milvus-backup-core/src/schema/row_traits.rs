//! Contents of rows that some servers reject, or change silently.
//!
//! They are detected during a backup and recorded with the data file, so that a restore to such a server is rejected
//! before its first row is inserted.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A content that at least one row of a data file has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowTrait {
    /// The kind of the content.
    pub kind: RowTraitKind,
    /// Name of the field that has it.
    pub field: String,
    /// The primary key of the first row that has it, as text.
    pub example: String,
}

/// The kinds of [`RowTrait`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RowTraitKind {
    /// A key outside the schema (in `$meta`) that has the name of a field. Milvus 2.3 keeps both; Milvus Lite 3
    /// replaces the value of the field with it, even that of the primary key; Milvus 2.4 and later rejects it.
    DynamicKeyOfField,
    /// A JSON array in a `JSON` field. Milvus 2.3 accepts only objects.
    JsonArray,
    /// A JSON text in a `JSON` field.
    JsonText,
    /// A number, `true` or `false` in a `JSON` field.
    JsonScalar,
    /// A JSON `null` in a `JSON` field, which differs from NULL.
    JsonNull,
    /// A sparse vector without entries. Milvus Lite 3 rejects it.
    EmptySparseVector,
}

impl RowTraitKind {
    /// Every kind, in declaration order.
    pub const ALL: [Self; 6] = [
        Self::DynamicKeyOfField,
        Self::JsonArray,
        Self::JsonText,
        Self::JsonScalar,
        Self::JsonNull,
        Self::EmptySparseVector,
    ];

    /// Returns the trait of a value of a `JSON` field; `None` for an object, which every server accepts.
    ///
    /// ```
    /// use milvus_backup_core::schema::RowTraitKind;
    ///
    /// assert_eq!(RowTraitKind::of_json(br#" {"a": 1}"#), None);
    /// assert_eq!(RowTraitKind::of_json(b"\"text\""), Some(RowTraitKind::JsonText));
    /// ```
    pub fn of_json(json: &[u8]) -> Option<Self> {
        match json.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{') => None,
            Some(b'[') => Some(Self::JsonArray),
            Some(b'"') => Some(Self::JsonText),
            Some(b'n') => Some(Self::JsonNull),
            _ => Some(Self::JsonScalar),
        }
    }
}

impl fmt::Display for RowTrait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, field, example } = self;
        match kind {
            RowTraitKind::DynamicKeyOfField => write!(f, "a key outside the schema is named like field `{field}`")?,
            RowTraitKind::JsonArray => write!(f, "field `{field}` holds a JSON array")?,
            RowTraitKind::JsonText => write!(f, "field `{field}` holds a JSON text")?,
            RowTraitKind::JsonScalar => write!(f, "field `{field}` holds a JSON number or truth value")?,
            RowTraitKind::JsonNull => write!(f, "field `{field}` holds a JSON null")?,
            RowTraitKind::EmptySparseVector => write!(f, "field `{field}` holds a sparse vector without entries")?,
        }
        write!(f, " (first in the row with primary key {example:?})")
    }
}

/// The traits of a set of rows, with each kind listed once per field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowTraits(Vec<RowTrait>);

impl RowTraits {
    /// Returns whether the trait is already present.
    pub fn contains(&self, kind: RowTraitKind, field: &str) -> bool {
        self.0.iter().any(|known| known.kind == kind && known.field == field)
    }

    /// Adds a trait unless it is already present. `example` returns the primary key of the row.
    pub fn note(&mut self, kind: RowTraitKind, field: &str, example: impl FnOnce() -> String) {
        if !self.contains(kind, field) {
            self.0.push(RowTrait { kind, field: field.to_owned(), example: example() });
        }
    }

    /// Adds the traits of other rows.
    pub fn extend<'a>(&mut self, others: impl IntoIterator<Item = &'a RowTrait>) {
        for other in others {
            self.note(other.kind, &other.field, || other.example.clone());
        }
    }

    /// Returns the traits whose kinds are not in `taken`.
    pub fn outside<'a>(&'a self, taken: &'a BTreeSet<RowTraitKind>) -> impl Iterator<Item = &'a RowTrait> {
        self.0.iter().filter(|known| !taken.contains(&known.kind))
    }

    /// Returns all traits, in the order in which they were found.
    pub fn into_vec(self) -> Vec<RowTrait> {
        self.0
    }
}

/// Calls `visit` with each key of the outermost object of a JSON text, decoded. A text that is not an object has none.
///
/// ```
/// use milvus_backup_core::schema::top_level_keys;
///
/// let mut keys = Vec::new();
/// top_level_keys(r#"{"a": {"b": ["c"]}, "\u0069d": "e"}"#, |key| keys.push(key.to_owned()));
/// assert_eq!(keys, ["a", "id"]);
/// ```
pub fn top_level_keys(json: &str, mut visit: impl FnMut(&str)) {
    let bytes = json.as_bytes();
    let (mut depth, mut position) = (0_usize, 0);
    while let Some(byte) = bytes.get(position) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let end = end_of_text(bytes, position);
                let follows = bytes.get(end..).and_then(|rest| rest.iter().find(|byte| !byte.is_ascii_whitespace()));
                if depth == 1 && follows == Some(&b':') {
                    visit_text(json.get(position..end).unwrap_or_default(), &mut visit);
                }
                position = end;
                continue;
            }
            _ => {}
        }
        position += 1;
    }
}

/// Returns the position after the string that starts at `start`.
fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut position = start + 1;
    while let Some(byte) = bytes.get(position) {
        match byte {
            b'\\' => position += 2,
            b'"' => return position + 1,
            _ => position += 1,
        }
    }
    bytes.len()
}

fn visit_text(quoted: &str, visit: &mut impl FnMut(&str)) {
    if !quoted.contains('\\') {
        return visit(quoted.trim_matches('"'));
    }
    // A string that cannot be decoded (a lone surrogate) is not the name of a field.
    if let Ok(decoded) = serde_json::from_str::<String>(quoted) {
        visit(&decoded);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(json: &str) -> Vec<String> {
        let mut keys = Vec::new();
        top_level_keys(json, |key| keys.push(key.to_owned()));
        keys
    }

    #[test]
    fn only_keys_of_the_outermost_object_count() {
        assert_eq!(
            keys(r#"{"id":1,"a":"id\":","b":{"id":2},"c":[{"id":3},"id"] , "d" : null}"#),
            ["id", "a", "b", "c", "d"]
        );
        for none in ["", "{}", "[\"a\"]", "\"a\"", "{\"a", "{\"\\ud83d\":1}", "3"] {
            assert_eq!(keys(none), Vec::<String>::new(), "{none}");
        }
    }

    #[test]
    fn each_kind_of_each_field_is_noted_once_with_its_first_row() {
        let mut traits = RowTraits::default();
        traits.note(RowTraitKind::JsonArray, "j", || "1".to_owned());
        traits.note(RowTraitKind::JsonArray, "j", || "2".to_owned());
        traits.note(RowTraitKind::JsonText, "j", || "3".to_owned());
        let taken = BTreeSet::from([RowTraitKind::JsonText]);
        let outside: Vec<String> = traits.outside(&taken).map(ToString::to_string).collect();
        assert_eq!(outside, ["field `j` holds a JSON array (first in the row with primary key \"1\")"]);
    }

    proptest! {
        #[test]
        fn keys_are_those_that_a_parser_finds(keys_in in prop::collection::vec(".{0,6}", 0..6)) {
            let object: serde_json::Map<String, serde_json::Value> =
                keys_in.iter().map(|key| (key.clone(), serde_json::json!({"inner": [key, {"x": key}]}))).collect();
            let expected: BTreeSet<String> = object.keys().cloned().collect();
            let found: BTreeSet<String> = keys(&serde_json::Value::Object(object).to_string()).into_iter().collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn any_text_is_read_to_its_end(text in ".{0,60}") {
            keys(&text);
        }
    }
}
