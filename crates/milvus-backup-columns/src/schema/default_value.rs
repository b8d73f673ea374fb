//! The default values of fields.

use milvus::proto::schema::{self as wire, value_field};
use milvus_backup_core::schema::DefaultValue;
use milvus_backup_core::{Error, Result};

use crate::error::unencodable;

/// Reads the default value of a field. Floats become the shortest decimal number that is parsed to the same bits.
pub(super) fn decode_default(field: &str, value: &wire::ValueField) -> Result<Option<DefaultValue>> {
    use value_field::Data;

    let Some(data) = &value.data else { return Ok(None) };
    Ok(Some(match data {
        Data::BoolData(value) => DefaultValue::Bool(*value),
        Data::IntData(value) => DefaultValue::Int(*value),
        Data::LongData(value) => DefaultValue::Long(*value),
        Data::FloatData(value) => DefaultValue::Float(format!("{value:?}")),
        Data::DoubleData(value) => DefaultValue::Double(format!("{value:?}")),
        Data::StringData(value) => DefaultValue::String(value.clone()),
        Data::BytesData(value) => {
            DefaultValue::Json(String::from_utf8(value.clone()).map_err(|_| Error::Unsupported {
                what: format!("field `{field}`: a default value that is not UTF-8"),
            })?)
        }
        Data::TimestamptzData(value) => DefaultValue::Timestamptz(*value),
        Data::DateData(_) | Data::TimeData(_) => {
            return Err(Error::Unsupported { what: format!("field `{field}`: a default of a date or time type") });
        }
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
        other => return Err(Error::Unsupported { what: format!("field `{field}`: default {other:?}") }),
    };
    Ok(wire::ValueField { data: Some(data) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_values_keep_their_bits() {
        for value in [0.1_f32, -0.0, f32::NAN, f32::INFINITY, 1.0e-45] {
            let wire = wire::ValueField { data: Some(value_field::Data::FloatData(value)) };
            let ours = decode_default("f", &wire).unwrap().unwrap();
            let Some(value_field::Data::FloatData(back)) = encode_default("f", &ours).unwrap().data else { panic!() };
            assert_eq!(back.to_bits(), value.to_bits());
        }
    }
}
