//! The values that servers send packed or as texts: dates, times of day, decimals and identifiers.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, ToSpan};
use milvus::proto::schema::{BytesArray, DateArray, StringArray, TimeArray, scalar_field};
use milvus_backup_core::schema::DataType;
use uuid::Uuid;

use super::cells::Cell;

/// What stands under a NULL, and must never be read as a value: no packed form, and no text of any of them.
pub(super) fn placeholder() -> Cell {
    Cell::Text("null".to_owned())
}

/// Returns the values in the form of the protocol; `None` for any other type.
pub(super) fn scalars(data_type: DataType, values: &[Cell], as_texts: bool) -> Option<scalar_field::Data> {
    use scalar_field::Data;

    Some(match data_type {
        DataType::Date | DataType::Time | DataType::Uuid if as_texts => {
            Data::StringData(StringArray { data: values.iter().map(|value| text(data_type, value)).collect() })
        }
        DataType::Date => {
            Data::DateData(DateArray { data: values.iter().map(|value| i32::try_from(int(value)).unwrap()).collect() })
        }
        DataType::Time => Data::TimeData(TimeArray { data: values.iter().map(int).collect() }),
        DataType::Decimal | DataType::Uuid => Data::BytesData(BytesArray { data: values.iter().map(bytes).collect() }),
        _ => return None,
    })
}

/// Returns the cell of a value that was sent as bytes.
pub(super) fn cell_of(bytes: &[u8]) -> Cell {
    match bytes.try_into() {
        Ok(number) => Cell::Int(i64::from_le_bytes(number)),
        Err(_) => Cell::Bytes(bytes.to_vec()),
    }
}

fn int(cell: &Cell) -> i64 {
    if let Cell::Int(value) = cell { *value } else { 7 }
}

fn bytes(cell: &Cell) -> Vec<u8> {
    match cell {
        Cell::Int(value) => value.to_le_bytes().to_vec(),
        Cell::Bytes(bytes) => bytes.clone(),
        _ => Vec::new(),
    }
}

fn text(data_type: DataType, cell: &Cell) -> String {
    match (data_type, cell) {
        (DataType::Date, Cell::Int(days)) => (Date::constant(1970, 1, 1) + days.days()).to_string(),
        (DataType::Time, Cell::Int(microseconds)) => {
            (Time::midnight() + SignedDuration::from_micros(*microseconds)).to_string()
        }
        (DataType::Uuid, Cell::Bytes(bytes)) => Uuid::from_slice(bytes).unwrap().to_string(),
        _ => "null".to_owned(),
    }
}
