//! The default values of fields.

use milvus::proto::schema::{self as wire, value_field};
use milvus_backup_core::schema::{DataType, DefaultValue};
use milvus_backup_core::{Error, Result};

use crate::error::unencodable;

/// Reads the default value of a field of this type. Floats become the shortest decimal number that is parsed to the same bits.
pub(super) fn decode_default(
    field: &str,
    data_type: DataType,
    value: &wire::ValueField,
) -> Result<Option<DefaultValue>> {
    use value_field::Data;

    let Some(data) = &value.data else { return Ok(None) };
    Ok(Some(match data {
        Data::BoolData(value) => DefaultValue::Bool(*value),
        Data::IntData(value) => DefaultValue::Int(*value),
        Data::LongData(value) => DefaultValue::Long(*value),
        Data::FloatData(value) => DefaultValue::Float(format!("{value:?}")),
        Data::DoubleData(value) => DefaultValue::Double(format!("{value:?}")),
        Data::StringData(value) => DefaultValue::String(value.clone()),
        Data::BytesData(value) if matches!(data_type, DataType::Decimal | DataType::Uuid) => {
            DefaultValue::Bytes(hexadecimal(value))
        }
        Data::BytesData(value) => {
            DefaultValue::Json(String::from_utf8(value.clone()).map_err(|_| Error::Unsupported {
                what: format!("field `{field}`: a default value that is not UTF-8"),
            })?)
        }
        Data::TimestamptzData(value) => DefaultValue::Timestamptz(*value),
        Data::DateData(value) => DefaultValue::Date(*value),
        Data::TimeData(value) => DefaultValue::Time(*value),
    }))
}

/// Returns the default value of a field in the form of the protocol.
pub(super) fn encode_default(field: &str, value: &DefaultValue) -> Result<wire::ValueField> {
    use value_field::Data;

    let unreadable = |text: &str| unencodable(field, format!("the default value `{text}` is not a number"));
    let data = match value {
        DefaultValue::Bool(value) => Data::BoolData(*value),
        DefaultValue::Int(value) => Data::IntData(*value),
        DefaultValue::Long(value) => Data::LongData(*value),
        DefaultValue::Float(text) => Data::FloatData(text.parse().map_err(|_| unreadable(text))?),
        DefaultValue::Double(text) => Data::DoubleData(text.parse().map_err(|_| unreadable(text))?),
        DefaultValue::String(text) => Data::StringData(text.clone()),
        DefaultValue::Json(text) => Data::BytesData(text.clone().into_bytes()),
        DefaultValue::Timestamptz(value) => Data::TimestamptzData(*value),
        DefaultValue::Date(value) => Data::DateData(*value),
        DefaultValue::Time(value) => Data::TimeData(*value),
        DefaultValue::Bytes(text) => Data::BytesData(
            bytes_of(text)
                .ok_or_else(|| unencodable(field, format!("the default value `{text}` is not hexadecimal")))?,
        ),
        other => return Err(Error::Unsupported { what: format!("field `{field}`: default {other:?}") }),
    };
    Ok(wire::ValueField { data: Some(data) })
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// Returns the bytes that a hexadecimal text stands for.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_values_of_newer_types_go_both_ways() {
        for (data_type, data) in [
            (DataType::Date, value_field::Data::DateData(-1)),
            (DataType::Time, value_field::Data::TimeData(1)),
            (DataType::Decimal, value_field::Data::BytesData((-1999_i64).to_le_bytes().to_vec())),
            (DataType::Uuid, value_field::Data::BytesData(vec![0xa5; 16])),
        ] {
            let wire = wire::ValueField { data: Some(data) };
            let ours = decode_default("f", data_type, &wire).unwrap().unwrap();
            assert_eq!(encode_default("f", &ours).unwrap(), wire);
        }
        for text in ["a", "xy"] {
            assert!(encode_default("f", &DefaultValue::Bytes(text.to_owned())).is_err(), "{text}");
        }
    }

    #[test]
    fn default_values_keep_their_bits() {
        for value in [0.1_f32, -0.0, f32::NAN, f32::INFINITY, 1.0e-45] {
            let wire = wire::ValueField { data: Some(value_field::Data::FloatData(value)) };
            let ours = decode_default("f", DataType::Float, &wire).unwrap().unwrap();
            let Some(value_field::Data::FloatData(back)) = encode_default("f", &ours).unwrap().data else { panic!() };
            assert_eq!(back.to_bits(), value.to_bits());
        }
    }
}
