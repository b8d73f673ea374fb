//! Dates, times of day, decimals and identifiers, which servers send packed or as text.
//!
//! The packed forms are those of `schema.proto`: days since the Unix epoch, microseconds since midnight (milvus#52695), the
//! number without its point in 8 bytes (milvus-proto#650), and 16 bytes (milvus#51038). Dates and times may also come as
//! ISO 8601 texts, as times with a zone do, and identifiers as texts by RFC 4122.

use jiff::civil::{Date, Time};
use milvus::proto::schema::scalar_field::Data;
use milvus_backup_core::Result;
use milvus_backup_core::schema::FieldSchema;
use uuid::Uuid;

use super::validity::Validity;
use crate::error::mismatch;

/// The Unix epoch, from which dates are counted.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// The values of one column, with the rows among them that are NULL: what was sent for these is not read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packed<'a> {
    pub(super) field: &'a FieldSchema,
    /// `None` for the elements of an array, none of which is NULL.
    pub(super) validity: Option<&'a Validity>,
}

impl Packed<'_> {
    /// Reads days since the Unix epoch.
    pub(super) fn dates(self, data: Option<Data>) -> Result<Vec<i32>> {
        match data {
            Some(Data::DateData(values)) => Ok(values.data),
            Some(Data::StringData(texts)) => self.each(&texts.data, |text| days(text)),
            None => Ok(Vec::new()),
            Some(_) => Err(self.mismatch("values that are not dates were sent")),
        }
    }

    /// Reads microseconds since midnight.
    pub(super) fn times(self, data: Option<Data>) -> Result<Vec<i64>> {
        match data {
            Some(Data::TimeData(values)) => Ok(values.data),
            Some(Data::StringData(texts)) => self.each(&texts.data, |text| microseconds(text)),
            None => Ok(Vec::new()),
            Some(_) => Err(self.mismatch("values that are not times were sent")),
        }
    }

    /// Reads numbers without their point.
    pub(super) fn decimals(self, data: Option<Data>) -> Result<Vec<i128>> {
        let (precision, _) = self.field.decimal_digits()?;
        let limit = 10_i64.pow(u32::from(precision));
        match data {
            Some(Data::BytesData(values)) => self.each(&values.data, |bytes| {
                let number = i64::from_le_bytes(bytes.as_slice().try_into().ok()?);
                (number > -limit && number < limit).then(|| i128::from(number))
            }),
            None => Ok(Vec::new()),
            Some(_) => Err(self.mismatch("values that are not decimals were sent")),
        }
    }

    /// Reads identifiers of 16 bytes.
    pub(super) fn identifiers(self, data: Option<Data>) -> Result<Vec<[u8; 16]>> {
        match data {
            Some(Data::BytesData(values)) => self.each(&values.data, |bytes| bytes.as_slice().try_into().ok()),
            Some(Data::StringData(texts)) => {
                self.each(&texts.data, |text| Uuid::try_parse(text).ok().map(Uuid::into_bytes))
            }
            None => Ok(Vec::new()),
            Some(_) => Err(self.mismatch("values that are not identifiers were sent")),
        }
    }

    /// Reads each value; the ones under NULL are the default.
    fn each<'v, S, T: Default>(self, values: &'v [S], read: impl Fn(&'v S) -> Option<T>) -> Result<Vec<T>> {
        let is_null =
            |row| self.validity.is_some_and(|validity| validity.rows() == values.len() && validity.is_null(row));
        let read = |(row, value)| {
            if is_null(row) {
                return Ok(T::default());
            }
            read(value).ok_or_else(|| self.mismatch(&format!("the value of row {row} is no {}", self.field.data_type)))
        };
        values.iter().enumerate().map(read).collect()
    }

    fn mismatch(self, message: &str) -> milvus_backup_core::Error {
        mismatch(&self.field.name, message)
    }
}

fn days(text: &str) -> Option<i32> {
    let date: Date = text.parse().ok()?;
    EPOCH.until(date).ok().map(|span| span.get_days())
}

fn microseconds(text: &str) -> Option<i64> {
    let time: Time = text.parse().ok()?;
    let nanoseconds = time.subsec_nanosecond();
    if nanoseconds % 1000 != 0 {
        return None;
    }
    let seconds = (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60 + i64::from(time.second());
    Some(seconds * 1_000_000 + i64::from(nanoseconds / 1000))
}

#[cfg(test)]
mod tests {
    use milvus::proto::schema::{BytesArray, StringArray};
    use milvus_backup_core::schema::DataType;

    use super::*;

    fn texts(texts: &[&str]) -> Data {
        Data::StringData(StringArray { data: texts.iter().map(|text| (*text).to_owned()).collect() })
    }

    #[test]
    fn dates_and_times_are_read_from_texts() {
        let field = FieldSchema::new("when", DataType::Date);
        let packed = Packed { field: &field, validity: None };
        let dates = texts(&["1970-01-01", "1969-12-31", "2026-11-28", "9999-12-31"]);
        assert_eq!(packed.dates(Some(dates)).unwrap(), [0, -1, 20_785, 2_932_896]);
        let times = texts(&["00:00:00", "23:59:59.999999", "12:30"]);
        assert_eq!(packed.times(Some(times)).unwrap(), [0, 86_399_999_999, 45_000_000_000]);
        assert!(packed.times(Some(texts(&["12:30:00.0000001"]))).is_err(), "finer than a microsecond");
        assert!(packed.dates(Some(texts(&["28.11.2026"]))).is_err());
    }

    #[test]
    fn what_is_sent_for_null_is_not_read() {
        let field = FieldSchema::new("when", DataType::Date);
        let validity = Validity::from_flags("when", 2, &[false, true], true).unwrap();
        let packed = Packed { field: &field, validity: Some(&validity) };
        assert_eq!(packed.dates(Some(texts(&["", "1970-01-02"]))).unwrap(), [0, 1]);
        assert!(packed.dates(Some(texts(&["1970-01-02", ""]))).is_err());
        assert_eq!(packed.dates(Some(texts(&["1970-01-02"]))).unwrap(), [1], "one for each row that is not NULL");
    }

    #[test]
    fn a_decimal_has_as_many_digits_as_its_field() {
        let field = FieldSchema::new("price", DataType::Decimal).with_param("precision", 4).with_param("scale", 2);
        let packed = Packed { field: &field, validity: None };
        let bytes = |number: i64| Some(Data::BytesData(BytesArray { data: vec![number.to_le_bytes().to_vec()] }));
        assert_eq!(packed.decimals(bytes(-9999)).unwrap(), [-9999]);
        assert!(packed.decimals(bytes(10_000)).is_err() && packed.decimals(bytes(i64::MIN)).is_err());
        assert!(packed.decimals(Some(Data::BytesData(BytesArray { data: vec![vec![1; 7]] }))).is_err());
    }
}
