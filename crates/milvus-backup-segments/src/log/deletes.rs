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
    if key_type == DataType::Int64
        && let Some((key, timestamp)) = parse_number(text)
    {
        return Ok((DeletedKey::Int64(key), timestamp));
    }
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

/// Reads the text of a delete by a number in the form in which Milvus writes it, which is most of what a delete log
/// costs. `None` for other forms.
fn parse_number(text: &[u8]) -> Option<(i64, u64)> {
    let rest = text.strip_prefix(br#"{"pk":"#)?;
    let (negative, rest) = rest.strip_prefix(b"-").map_or((false, rest), |rest| (true, rest));
    let (key, rest) = digits(rest)?;
    let (timestamp, rest) = digits(rest.strip_prefix(br#","ts":"#)?)?;
    let key = if negative { 0_i64.checked_sub_unsigned(key) } else { i64::try_from(key).ok() };
    (rest == br#","pkType":5}"#).then_some((key?, timestamp))
}

/// Reads a number of at least one digit, and returns it with what follows.
fn digits(text: &[u8]) -> Option<(u64, &[u8])> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(length);
    let number =
        digits.iter().try_fold(0_u64, |number, digit| number.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
    number.filter(|_| length > 0).map(|number| (number, rest))
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
        let smallest = r#"{"pk":-9223372036854775808,"ts":7,"pkType":5}"#;
        assert_eq!(number(smallest), Ok((DeletedKey::Int64(i64::MIN), 7)));
        let greatest = r#"{"pk":9223372036854775807,"ts":7,"pkType":5}"#;
        assert_eq!(number(greatest), Ok((DeletedKey::Int64(i64::MAX), 7)));
        assert!(number(r#"{"pk":9223372036854775808,"ts":7,"pkType":5}"#).is_err());
        assert!(number(r#"{"pk":1,"ts":18446744073709551616,"pkType":5}"#).is_err());
        assert!(number(r#"{"pk":-,"ts":1,"pkType":5}"#).is_err());
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
