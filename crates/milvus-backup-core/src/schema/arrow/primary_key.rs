//! The values of primary keys.

use std::fmt;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, FixedSizeBinaryArray, StringArray};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::schema::data_type::DataType;
use crate::schema::field::FieldSchema;

/// A primary key. The keys of one field are ordered as in Milvus: texts and identifiers by their bytes.
///
/// Its text is decimal for `Int64`, the key itself for `VarChar`, and in the form of RFC 4122 for `UUID`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrimaryKey {
    /// A key of type `Int64`.
    Int64(i64),
    /// A key of type `VarChar`.
    VarChar(String),
    /// A key of type `UUID`.
    Uuid(Uuid),
}

impl PrimaryKey {
    /// Parses a key of `field` from its text.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for a text that is not a valid key of the field.
    pub fn from_text(text: &str, field: &FieldSchema) -> Result<Self> {
        let parsed = match field.data_type {
            DataType::Int64 => text.parse().ok().map(Self::Int64),
            DataType::Uuid => Uuid::try_parse(text).ok().map(Self::Uuid),
            _ => Some(Self::VarChar(text.to_owned())),
        };
        parsed.ok_or_else(|| Error::InvalidParameter {
            field: "primary key".to_owned(),
            value: text.to_owned(),
            limit: format!("a key of `{}`", field.name),
        })
    }

    /// Returns a key of type `UUID` from its bytes; `None` unless there are 16.
    pub fn from_uuid_bytes(bytes: &[u8]) -> Option<Self> {
        Uuid::from_slice(bytes).ok().map(Self::Uuid)
    }

    /// Returns the size of the key in bytes.
    pub fn size_bytes(&self) -> usize {
        match self {
            Self::Int64(_) => size_of::<i64>(),
            Self::VarChar(text) => text.len(),
            Self::Uuid(_) => size_of::<Uuid>(),
        }
    }

    /// Returns the key in a row of a column of keys. The column must have that row.
    ///
    /// # Errors
    /// [`Error::Protocol`] for a column of another type.
    pub fn at(keys: &dyn Array, row: usize) -> Result<Self> {
        match Keys::of(keys)? {
            Keys::Int64(keys) => Ok(Self::Int64(keys[row])),
            Keys::VarChar(keys) => Ok(Self::VarChar(keys.value(row).to_owned())),
            Keys::Uuid(keys) => Self::from_uuid_bytes(keys.value(row)).ok_or_else(|| wrong_type(keys)),
        }
    }

    /// Returns the number of rows of an ascending column of keys that are not after this one.
    ///
    /// # Errors
    /// [`Error::Protocol`] for a column of another type.
    pub fn rows_up_to(&self, keys: &dyn Array) -> Result<usize> {
        match (self, Keys::of(keys)?) {
            (Self::Int64(last), Keys::Int64(keys)) => Ok(keys.partition_point(|key| key <= last)),
            (Self::VarChar(last), Keys::VarChar(keys)) => {
                Ok(first_after(keys.len(), |row| keys.value(row) <= last.as_str()))
            }
            (Self::Uuid(last), Keys::Uuid(keys)) => {
                Ok(first_after(keys.len(), |row| keys.value(row) <= last.as_bytes().as_slice()))
            }
            _ => Err(wrong_type(keys)),
        }
    }
}

impl fmt::Display for PrimaryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int64(key) => key.fmt(f),
            Self::VarChar(key) => key.fmt(f),
            Self::Uuid(key) => key.fmt(f),
        }
    }
}

/// A column of keys, by its type.
enum Keys<'a> {
    Int64(&'a [i64]),
    VarChar(&'a StringArray),
    Uuid(&'a FixedSizeBinaryArray),
}

impl<'a> Keys<'a> {
    fn of(keys: &'a dyn Array) -> Result<Self> {
        let numbers = keys.as_primitive_opt::<Int64Type>().map(|keys| Self::Int64(keys.values()));
        let texts = || keys.as_string_opt().map(Self::VarChar);
        let identifiers = || keys.as_fixed_size_binary_opt().map(Self::Uuid);
        numbers.or_else(texts).or_else(identifiers).ok_or_else(|| wrong_type(keys))
    }
}

/// Returns the number of rows for which `is_up_to` holds, which are the first ones.
fn first_after(rows: usize, is_up_to: impl Fn(usize) -> bool) -> usize {
    let (mut from, mut to) = (0, rows);
    while from < to {
        let middle = from.midpoint(to);
        if is_up_to(middle) { from = middle + 1 } else { to = middle }
    }
    from
}

fn wrong_type(keys: &dyn Array) -> Error {
    Error::Protocol { message: format!("primary keys of type {}", keys.data_type()) }
}

#[cfg(test)]
mod tests {
    use arrow_array::{Float32Array, Int64Array};

    use super::*;

    #[test]
    fn rows_up_to_a_key_are_counted() {
        let numbers = Int64Array::from(vec![i64::MIN, -1, 0, 7]);
        let up_to = |key| PrimaryKey::Int64(key).rows_up_to(&numbers).unwrap();
        assert_eq!([i64::MIN, -2, -1, 6, 7, 8].map(up_to), [1, 1, 2, 3, 4, 4]);
        let texts = StringArray::from(vec!["", "a", "b", "é"]);
        let up_to = |key: &str| PrimaryKey::VarChar(key.to_owned()).rows_up_to(&texts).unwrap();
        assert_eq!(["", "Z", "a", "az", "z", "é", "ü"].map(up_to), [1, 1, 2, 2, 3, 4, 4]);
    }

    #[test]
    fn keys_are_what_the_column_has() {
        assert_eq!(PrimaryKey::at(&Int64Array::from(vec![3, -4]), 1).unwrap().to_string(), "-4");
        assert_eq!(PrimaryKey::at(&StringArray::from(vec!["x"]), 0).unwrap(), PrimaryKey::VarChar("x".to_owned()));
        assert!(PrimaryKey::at(&Float32Array::from(vec![1.0]), 0).is_err());
        assert!(PrimaryKey::Int64(1).rows_up_to(&StringArray::from(vec!["1"])).is_err());
    }

    #[test]
    fn identifiers_are_ordered_by_their_bytes() {
        let bytes = [[0_u8; 16], [1; 16], [0xff; 16]];
        let keys = FixedSizeBinaryArray::try_from_iter(bytes.iter()).unwrap();
        let field = FieldSchema::new("id", DataType::Uuid);
        let key = PrimaryKey::at(&keys, 1).unwrap();
        assert_eq!(key.to_string(), "01010101-0101-0101-0101-010101010101");
        assert_eq!(PrimaryKey::from_text(&key.to_string(), &field).unwrap(), key);
        assert!(PrimaryKey::from_text("01010101", &field).is_err());
        assert_eq!(key.rows_up_to(&keys).unwrap(), 2);
        assert!(PrimaryKey::at(&keys, 0).unwrap() < key && key < PrimaryKey::at(&keys, 2).unwrap());
    }

    #[test]
    fn numbers_are_read_as_numbers() {
        let field = FieldSchema::new("id", DataType::Int64);
        assert_eq!(PrimaryKey::from_text("-10", &field).unwrap(), PrimaryKey::Int64(-10));
        assert!(PrimaryKey::from_text("ten", &field).is_err());
        let field = FieldSchema::new("id", DataType::VarChar);
        assert_eq!(PrimaryKey::from_text("10", &field).unwrap(), PrimaryKey::VarChar("10".to_owned()));
    }
}
