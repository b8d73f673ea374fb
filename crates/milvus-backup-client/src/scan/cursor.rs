//! The position of a scan: the last primary key that was read, and the expression for the rows after it.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, RecordBatch};
use milvus_backup_core::schema::{DataType, FieldSchema, PrimaryKey};
use milvus_backup_core::{Error, Result};

/// Returns the expression for a key and all before it. The smallest key has no literal: see [`after`].
pub(super) fn up_to(key: &PrimaryKey, field: &str) -> String {
    match key {
        PrimaryKey::Int64(i64::MIN) => format!("{field} < {}", i64::MIN + 1),
        PrimaryKey::Int64(key) => format!("{field} <= {key}"),
        PrimaryKey::VarChar(key) => format!("{field} <= {}", literal(key)),
        PrimaryKey::Uuid(key) => format!("{field} <= \"{key}\""),
    }
}

/// Returns the expression for all keys after one.
pub(super) fn after(key: &PrimaryKey, field: &str) -> String {
    match key {
        // The digits of the smallest key are parsed without their sign, and then overflow.
        PrimaryKey::Int64(i64::MIN) => format!("{field} >= {}", i64::MIN + 1),
        PrimaryKey::Int64(key) => format!("{field} > {key}"),
        PrimaryKey::VarChar(key) => format!("{field} > {}", literal(key)),
        PrimaryKey::Uuid(key) => format!("{field} > \"{key}\""),
    }
}

/// Returns the expression for one key.
pub(super) fn equal_to(key: &PrimaryKey, field: &str) -> String {
    match key {
        PrimaryKey::Int64(i64::MIN) => format!("{field} < {}", i64::MIN + 1),
        PrimaryKey::Int64(key) => format!("{field} == {key}"),
        PrimaryKey::VarChar(key) => format!("{field} == {}", literal(key)),
        PrimaryKey::Uuid(key) => format!("{field} == \"{key}\""),
    }
}

/// Returns an expression that holds for every key. `pk > i64::MIN` would exclude a key and does not parse.
pub(super) fn every_key(field: &FieldSchema) -> String {
    let name = &field.name;
    match field.data_type {
        DataType::Int64 => format!("{name} >= 0 || {name} < 0"),
        // The literals of identifiers are texts by RFC 4122 (milvus#51038).
        DataType::Uuid => format!("{name} >= \"00000000-0000-0000-0000-000000000000\""),
        _ => format!("{name} >= \"\""),
    }
}

/// Returns a text as a literal of Milvus' expression language.
///
/// Only these four characters are escaped: not every server understands escapes such as `\u0001`, and all other
/// characters are valid unescaped.
fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for character in text.chars() {
        match character {
            '\\' => literal.push_str("\\\\"),
            '"' => literal.push_str("\\\""),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            other => literal.push(other),
        }
    }
    literal.push('"');
    literal
}

/// Returns the last key of a page, after checking that its keys ascend and all come after `previous`.
///
/// # Errors
/// [`Error::Protocol`] for keys out of order: continuing from the last one would lose rows.
pub(super) fn last_key(page: &RecordBatch, field: &FieldSchema, previous: Option<&PrimaryKey>) -> Result<PrimaryKey> {
    let keys = page
        .column_by_name(&field.name)
        .ok_or_else(|| Error::Protocol { message: "a page without primary keys".to_owned() })?;
    let first = PrimaryKey::at(keys, 0)?;
    if previous.is_some_and(|previous| *previous >= first) {
        return Err(out_of_order(field));
    }
    let numbers = keys.as_primitive_opt::<Int64Type>().map(|keys| keys.values().is_sorted_by(|a, b| a < b));
    let texts = || keys.as_string_opt::<i32>().map(|keys| keys.iter().is_sorted_by(|a, b| a < b));
    let identifiers = || keys.as_fixed_size_binary_opt().map(|keys| keys.iter().is_sorted_by(|a, b| a < b));
    if !numbers.or_else(texts).or_else(identifiers).unwrap_or(false) {
        return Err(out_of_order(field));
    }
    PrimaryKey::at(keys, keys.len() - 1)
}

fn out_of_order(field: &FieldSchema) -> Error {
    Error::Protocol { message: format!("a page whose primary keys `{}` are not in ascending order", field.name) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::Int64Array;
    use arrow_schema::{Field, Schema};

    use super::*;

    fn page(keys: &[i64]) -> RecordBatch {
        let schema = Schema::new(vec![Field::new("id", arrow_schema::DataType::Int64, false)]);
        RecordBatch::try_new(Arc::new(schema), vec![Arc::new(Int64Array::from(keys.to_vec()))]).unwrap()
    }

    #[test]
    fn only_four_characters_are_escaped() {
        let key = PrimaryKey::VarChar("a\"b\\c\nd\re'é\u{0}\t".into());
        assert_eq!(after(&key, "k"), "k > \"a\\\"b\\\\c\\nd\\re'é\u{0}\t\"");
    }

    #[test]
    fn identifiers_are_written_as_texts() {
        let key = PrimaryKey::from_uuid_bytes(&[0xab; 16]).unwrap();
        assert_eq!(after(&key, "k"), "k > \"abababab-abab-abab-abab-abababababab\"");
    }

    #[test]
    fn the_smallest_key_is_never_written_out() {
        assert_eq!(after(&PrimaryKey::Int64(i64::MIN), "k"), "k >= -9223372036854775807");
        assert_eq!(after(&PrimaryKey::Int64(i64::MIN + 1), "k"), "k > -9223372036854775807");
    }

    #[test]
    fn a_page_out_of_order_is_an_error() {
        let field = FieldSchema::new("id", DataType::Int64);
        assert_eq!(last_key(&page(&[i64::MIN, -1, 7]), &field, None).unwrap(), PrimaryKey::Int64(7));
        assert!(last_key(&page(&[3, 2]), &field, None).is_err());
        assert!(last_key(&page(&[3, 3]), &field, None).is_err());
        assert!(last_key(&page(&[3, 4]), &field, Some(&PrimaryKey::Int64(3))).is_err());
    }
}
