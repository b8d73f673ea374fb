//! JSON texts as Milvus Lite 3 returns them: without their quotes, so that `"3"` and `3` are identical.
//!
//! Lite accepts objects, arrays and texts in a `JSON` field, and prints objects and arrays in a fixed layout: a space
//! after each comma and colon, and no other. Any other value was a text, and its quotes are restored. A text that has
//! exactly this layout cannot be distinguished.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use milvus_backup_core::schema::{CollectionSchema, DataType, stored_fields};
use milvus_backup_core::{Error, Result};
use serde::de::IgnoredAny;

/// Returns the batch with the texts in its `JSON` columns quoted.
pub(super) fn quote_texts(batch: RecordBatch, schema: &CollectionSchema) -> Result<RecordBatch> {
    let json: Vec<usize> = stored_fields(schema)
        .filter(|field| field.data_type == DataType::Json)
        .filter_map(|field| batch.schema_ref().index_of(&field.name).ok())
        .collect();
    if json.is_empty() {
        return Ok(batch);
    }
    let mut columns = batch.columns().to_vec();
    for index in json {
        if let Some(texts) = columns[index].as_string_opt::<i32>() {
            columns[index] = quoted(texts)?;
        }
    }
    RecordBatch::try_new(batch.schema(), columns).map_err(encoding)
}

fn quoted(texts: &StringArray) -> Result<ArrayRef> {
    let quoted: StringArray = (0..texts.len())
        .map(|row| texts.is_valid(row).then(|| texts.value(row)))
        .map(|text| match text {
            Some(text) if !is_printed(text) => serde_json::to_string(text).map(Some),
            text => Ok(text.map(str::to_owned)),
        })
        .collect::<std::result::Result<_, _>>()
        .map_err(encoding)?;
    Ok(Arc::new(quoted))
}

fn encoding(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Encoding { action: "quote JSON texts".to_owned(), source: Box::new(source) }
}

/// Returns whether a text may be an object or an array in the layout of Lite.
fn is_printed(text: &str) -> bool {
    if !text.starts_with(['{', '[']) {
        return false;
    }
    let Some(strict) = without_special_numbers(text) else { return false };
    serde_json::from_str::<IgnoredAny>(&strict).is_ok()
}

/// Returns the text with a number in place of each `NaN` and `Infinity`, which Lite prints and JSON does not have.
/// `None` if its spaces do not match the layout of Lite.
fn without_special_numbers(text: &str) -> Option<String> {
    let mut strict = String::with_capacity(text.len());
    let (mut in_text, mut escaped) = (false, false);
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        if in_text {
            in_text = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else {
            match character {
                '"' => in_text = true,
                ',' | ':' => {
                    rest.next().filter(|next| *next == ' ')?;
                }
                'N' | 'I' => {
                    while rest.next_if(char::is_ascii_alphabetic).is_some() {}
                    strict.push('0');
                    continue;
                }
                _ if character.is_whitespace() => return None,
                _ => {}
            }
        }
        strict.push(character);
    }
    Some(strict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lite_prints_is_told_from_texts() {
        for printed in
            ["{}", "[]", "[1, 2]", r#"{"a": 1, "b": [NaN, -Infinity]}"#, r#"{"a,b:c": "x,y:z\"", "é": null}"#]
        {
            assert!(is_printed(printed), "{printed}");
        }
        for text in ["3", "true", "null", "", "plain", "[1,2]", r#"{"a":1}"#, "{ }", "[1, 2", "{a: 1}", "[x]", r#""q""#]
        {
            assert!(!is_printed(text), "{text}");
        }
    }

    #[test]
    fn texts_get_their_quotes_back_and_null_stays() {
        let texts = StringArray::from(vec![Some("3"), None, Some("[1, 2]"), Some("a\"\n"), Some("")]);
        let quoted = quoted(&texts).unwrap();
        let expected = vec![Some("\"3\""), None, Some("[1, 2]"), Some("\"a\\\"\\n\""), Some("\"\"")];
        assert_eq!(quoted.as_string::<i32>(), &StringArray::from(expected));
    }
}
