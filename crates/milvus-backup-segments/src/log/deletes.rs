//! The deletes of a delete log.

use std::borrow::Cow;

use milvus_backup_core::schema::DataType;
use parquet::basic::Type;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::file::OpenLog;
use crate::error::LogError;

/// The form of the deletes of a log, with the numbers of their columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeleteForm {
    /// A text for each delete.
    Texts,
    /// A column of keys, and one of timestamps.
    Columns {
        /// The number of the column of keys.
        keys: usize,
        /// The number of the column of timestamps.
        timestamps: usize,
    },
}

impl DeleteForm {
    /// Returns the form of an opened log, whose keys are of a type.
    pub(crate) fn of(log: &OpenLog, key_type: DataType) -> Result<Self, LogError> {
        let texts = match log.envelope.header() {
            Some(header) if !header.deletes => return Err(LogError::damaged("has rows instead of deletes")),
            Some(header) => !header.multi_field,
            None => false,
        };
        if texts {
            return match log.columns.as_slice() {
                [column] if column.form.physical == Type::BYTE_ARRAY => Ok(Self::Texts),
                _ => Err(LogError::damaged("has deletes that are not texts")),
            };
        }
        let named = |names: [&str; 2]| log.columns.iter().position(|column| names.contains(&column.name.as_str()));
        let (Some(keys), Some(timestamps)) = (named(["pk", "0"]), named(["ts", "1"])) else {
            return Err(LogError::damaged("has deletes without keys or timestamps"));
        };
        let key = if key_type == DataType::Int64 { Type::INT64 } else { Type::BYTE_ARRAY };
        let is = |column: usize, physical: Type| log.columns[column].form.physical == physical;
        if is(keys, key) && is(timestamps, Type::INT64) {
            Ok(Self::Columns { keys, timestamps })
        } else {
            Err(LogError::damaged("has deletes by keys of another type"))
        }
    }
}

/// The key of a delete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeletedKey<'a> {
    Int64(i64),
    VarChar(Cow<'a, str>),
}

/// A delete, as its text has it.
#[derive(Debug, Deserialize)]
struct DeleteText<'a> {
    #[serde(borrow)]
    pk: &'a RawValue,
    ts: u64,
}

/// Reads the text of a delete: its key and its timestamp.
pub(crate) fn parse(text: &[u8], key_type: DataType) -> Result<(DeletedKey<'_>, u64), LogError> {
    let wrong =
        |error: &dyn std::fmt::Display| LogError::damaged(format_args!("has a delete that cannot be read: {error}"));
    let text = std::str::from_utf8(text).map_err(|error| wrong(&error))?;
    if !text.starts_with('{') {
        return parse_pair(text).ok_or_else(|| wrong(&"neither JSON nor a pair of numbers"));
    }
    let delete: DeleteText<'_> = serde_json::from_str(text).map_err(|error| wrong(&error))?;
    let key = if key_type == DataType::Int64 {
        DeletedKey::Int64(delete.pk.get().parse().map_err(|error| wrong(&error))?)
    } else {
        DeletedKey::VarChar(text_of(delete.pk).map_err(|error| wrong(&error))?)
    };
    Ok((key, delete.ts))
}

/// Reads the text that Milvus 2.1 and earlier wrote for a key that is a number.
fn parse_pair(text: &str) -> Option<(DeletedKey<'_>, u64)> {
    let (key, timestamp) = text.split_once(',')?;
    Some((DeletedKey::Int64(key.trim().parse().ok()?), timestamp.trim().parse().ok()?))
}

fn text_of(json: &RawValue) -> serde_json::Result<Cow<'_, str>> {
    let inner = json.get().strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains('\\') => Ok(Cow::Borrowed(inner)),
        _ => serde_json::from_str::<String>(json.get()).map(Cow::Owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deletes_are_json_or_pairs() {
        let number = |text: &'static str| parse(text.as_bytes(), DataType::Int64).map_err(|_| ());
        assert_eq!(
            number(r#"{"pk":-7,"ts":442959098087473153,"pkType":5}"#),
            Ok((DeletedKey::Int64(-7), 442_959_098_087_473_153))
        );
        assert_eq!(number("12,34"), Ok((DeletedKey::Int64(12), 34)));
        for wrong in ["", "{", "{}", r#"{"pk":1}"#, r#"{"pk":"1","ts":1}"#, r#"{"pk":1.5,"ts":1}"#, "1", "a,b", "1,-2"]
        {
            assert!(number(wrong).is_err(), "{wrong}");
        }
        let text = |text: &'static str| parse(text.as_bytes(), DataType::VarChar).map(|(key, _)| key).map_err(|_| ());
        let key = |key: &'static str| Ok(DeletedKey::VarChar(Cow::Borrowed(key)));
        assert_eq!(text(r#"{"pk":"a b","ts":1,"pkType":21}"#), key("a b"));
        assert_eq!(text(r#"{"pk":"\"\\\u0000é","ts":1,"pkType":21}"#), key("\"\\\0é"));
        assert_eq!(text(r#"{"ts":1,"pkType":21,"pk":""}"#), key(""));
        assert!(text(r#"{"pk":1,"ts":1}"#).is_err());
        assert!(parse(b"{\"pk\":\"\xff\",\"ts\":1}", DataType::VarChar).is_err(), "not UTF-8");
    }
}
