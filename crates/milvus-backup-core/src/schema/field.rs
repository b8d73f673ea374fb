//! The fields of a collection.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::data_type::DataType;
use super::default_value::DefaultValue;
use crate::error::{Error, Result};

/// The largest number of digits of a `Decimal`.
const MAX_DECIMAL_DIGITS: u8 = 18;

/// One field of a collection, or one member of an array of structs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSchema {
    /// Name of the field, case-sensitive.
    pub name: String,
    /// Description of the field, as free text.
    #[serde(default)]
    pub description: String,
    /// The data type of the field.
    pub data_type: DataType,
    /// The type of the elements of an `Array` or `ArrayOfVector`. Servers may report one for other types, where it has no
    /// meaning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element_type: Option<DataType>,
    /// Whether this is the primary key.
    #[serde(default)]
    pub is_primary: bool,
    /// Whether the server generates the primary key.
    #[serde(default)]
    pub auto_id: bool,
    /// Whether rows are distributed over partitions by this field.
    #[serde(default)]
    pub is_partition_key: bool,
    /// Whether compaction sorts by this field.
    #[serde(default)]
    pub is_clustering_key: bool,
    /// Whether the field may be NULL.
    #[serde(default)]
    pub nullable: bool,
    /// Whether a function of the collection computes the field.
    #[serde(default)]
    pub is_function_output: bool,
    /// The value of the field in rows that do not set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_value: Option<DefaultValue>,
    /// `dim`, `max_length`, `max_capacity`, `enable_analyzer` and all other parameters, as the server reported them.
    #[serde(default)]
    pub type_params: BTreeMap<String, String>,
}

impl FieldSchema {
    /// Returns a field of `data_type` with every attribute off.
    pub fn new(name: impl Into<String>, data_type: DataType) -> Self {
        Self {
            name: name.into(),
            description: String::new(),
            data_type,
            element_type: None,
            is_primary: false,
            auto_id: false,
            is_partition_key: false,
            is_clustering_key: false,
            nullable: false,
            is_function_output: false,
            default_value: None,
            type_params: BTreeMap::new(),
        }
    }

    /// Sets a type parameter such as `dim` or `max_length`.
    #[must_use]
    pub fn with_param(mut self, key: impl Into<String>, value: impl std::fmt::Display) -> Self {
        self.type_params.insert(key.into(), format!("{value}"));
        self
    }

    /// Returns the type of the elements of an `Array` or `ArrayOfVector`, and `None` for every other type.
    pub fn elements(&self) -> Option<DataType> {
        self.element_type.filter(|_| matches!(self.data_type, DataType::Array | DataType::ArrayOfVector))
    }

    /// Returns the number of dimensions of a vector.
    ///
    /// # Errors
    /// [`Error::Protocol`] if `dim` is missing or not a positive number.
    pub fn dim(&self) -> Result<usize> {
        let dim = self.type_params.get("dim").and_then(|text| text.parse::<usize>().ok()).filter(|dim| *dim > 0);
        dim.ok_or_else(|| Error::Protocol { message: format!("field `{}` has no usable `dim`", self.name) })
    }

    /// Returns the number of digits of a `Decimal`, and how many of them are after the point.
    ///
    /// # Errors
    /// [`Error::Protocol`] if `precision` or `scale` are missing or out of range: a value has at most 18 digits, which
    /// 8 bytes can hold (milvus-proto#650).
    pub fn decimal_digits(&self) -> Result<(u8, i8)> {
        let number = |key: &str| self.type_params.get(key).and_then(|text| text.parse::<u8>().ok());
        let digits = number("precision").zip(number("scale"));
        digits
            .filter(|(precision, scale)| (1..=MAX_DECIMAL_DIGITS).contains(precision) && scale <= precision)
            .and_then(|(precision, scale)| Some((precision, i8::try_from(scale).ok()?)))
            .ok_or_else(|| Error::Protocol {
                message: format!("field `{}` has no usable `precision` and `scale`", self.name),
            })
    }

    /// Returns the maximum length of a `VarChar` in bytes; `None` if it has no valid limit.
    pub fn max_length(&self) -> Option<usize> {
        self.type_params.get("max_length")?.parse().ok()
    }

    /// Returns the maximum number of elements of an `Array`; `None` if it has no valid limit.
    pub fn max_capacity(&self) -> Option<usize> {
        self.type_params.get("max_capacity")?.parse().ok()
    }
}

/// An array of structs (Milvus 2.6): the rows of its members are arrays of the same length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StructFieldSchema {
    /// Name of the array, case-sensitive.
    pub name: String,
    /// Description of the array, as free text.
    #[serde(default)]
    pub description: String,
    /// Whether the array as such may be NULL (Milvus 3.0).
    #[serde(default)]
    pub nullable: bool,
    /// The members, each of type `Array` or `ArrayOfVector`, named without the prefix of the struct.
    pub fields: Vec<FieldSchema>,
    /// Parameters of the array, such as `max_capacity`.
    #[serde(default)]
    pub type_params: BTreeMap<String, String>,
}
