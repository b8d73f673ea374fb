//! The values of primary keys.

use std::fmt;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, StringArray};

use crate::error::{Error, Result};
use crate::schema::data_type::DataType;
use crate::schema::field::FieldSchema;

/// A primary key. The keys of one field are ordered as in Milvus: texts by their bytes.
///
/// Its text is decimal for `Int64`, and the key itself for `VarChar`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrimaryKey {
    /// A key of type `Int64`.
    Int64(i64),
    /// A key of type `VarChar`.
    VarChar(String),
}

impl PrimaryKey {
    /// Parses a key of `field` from its text.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for a text that is not a valid key of the field.
    pub fn from_text(text: &str, field: &FieldSchema) -> Result<Self> {
        if field.data_type != DataType::Int64 {
            return Ok(Self::VarChar(text.to_owned()));
        }
        text.parse().map(Self::Int64).map_err(|_| Error::InvalidParameter {
            field: "primary key".to_owned(),
            value: text.to_owned(),
            limit: format!("a key of `{}`", field.name),
        })
    }

    /// Returns the key in a row of a column of keys. The column must have that row.
    ///
    /// # Errors
    /// [`Error::Protocol`] for a column of another type.
    pub fn at(keys: &dyn Array, row: usize) -> Result<Self> {
        match Keys::of(keys)? {
            Keys::Int64(keys) => Ok(Self::Int64(keys[row])),
            Keys::VarChar(keys) => Ok(Self::VarChar(keys.value(row).to_owned())),
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
                let (mut from, mut to) = (0, keys.len());
                while from < to {
                    let middle = from.midpoint(to);
                    if keys.value(middle) <= last.as_str() { from = middle + 1 } else { to = middle }
                }
                Ok(from)
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
        }
    }
}

/// A column of keys, by its type.
enum Keys<'a> {
    Int64(&'a [i64]),
    VarChar(&'a StringArray),
}

impl<'a> Keys<'a> {
    fn of(keys: &'a dyn Array) -> Result<Self> {
        let numbers = keys.as_primitive_opt::<Int64Type>().map(|keys| Self::Int64(keys.values()));
        numbers.or_else(|| keys.as_string_opt().map(Self::VarChar)).ok_or_else(|| wrong_type(keys))
    }
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
    fn numbers_are_read_as_numbers() {
        let field = FieldSchema::new("id", DataType::Int64);
        assert_eq!(PrimaryKey::from_text("-10", &field).unwrap(), PrimaryKey::Int64(-10));
        assert!(PrimaryKey::from_text("ten", &field).is_err());
        let field = FieldSchema::new("id", DataType::VarChar);
        assert_eq!(PrimaryKey::from_text("10", &field).unwrap(), PrimaryKey::VarChar("10".to_owned()));
    }
}
