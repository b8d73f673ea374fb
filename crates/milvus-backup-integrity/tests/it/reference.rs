//! The row digest by the letter of `src/rows/specification.md`, with no eye for speed.

use arrow_schema::DataType;
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128, xxh3_128_with_seed};

use crate::model::{Columns, Kind, Row, Value};

/// The digest of `rows` in hexadecimal digits.
pub(crate) fn reference(columns: &Columns, rows: &[Row]) -> String {
    let mut digest = 0_u128;
    for row in rows {
        let mut sum = 0_u128;
        for ((name, kind), value) in columns.iter().zip(row) {
            sum = sum.wrapping_add(hash(name, kind, value));
        }
        digest = digest.wrapping_add(xxh3_128(&sum.to_le_bytes()));
    }
    format!("{digest:032x}")
}

fn hash(name: &str, kind: &Kind, value: &Value) -> u128 {
    let (tag, bytes) = match (value, kind) {
        (Value::Null, _) => (0, vec![]),
        (Value::Boolean(value), _) => (1, vec![u8::from(*value)]),
        (Value::Number(bytes), Kind::Number(of)) => (number_tag(of), bytes.clone()),
        (Value::Text(text), _) => (9, text.clone().into_bytes()),
        (Value::Struct(values), Kind::Struct(members)) => {
            let hashes = members.iter().zip(values).map(|((name, kind), value)| hash(name, kind, value));
            (10, hashes.fold(0, u128::wrapping_add).to_le_bytes().to_vec())
        }
        (Value::List(values), Kind::List(element) | Kind::Fixed(element, _)) => match element.as_ref() {
            Kind::Number(of) if !values.contains(&Value::Null) => {
                let bytes =
                    values.iter().flat_map(|v| if let Value::Number(bytes) = v { bytes.clone() } else { vec![] });
                (16 + number_tag(of), bytes.collect())
            }
            element => (11, values.iter().flat_map(|value| hash(name, element, value).to_le_bytes()).collect()),
        },
        _ => unreachable!("a value of another kind"),
    };
    xxh3_128_with_seed(&bytes, xxh3_64_with_seed(name.as_bytes(), tag))
}

fn number_tag(of: &DataType) -> u64 {
    match of {
        DataType::Int8 => 2,
        DataType::Int16 => 3,
        DataType::Int32 => 4,
        DataType::Int64 => 5,
        DataType::UInt8 => 6,
        DataType::Float32 => 7,
        DataType::Date32 => 12,
        DataType::Time64(_) => 13,
        DataType::Decimal128(..) => 14,
        DataType::FixedSizeBinary(_) => 15,
        _ => 8,
    }
}
