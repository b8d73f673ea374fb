//! Places in answers where a test puts fields that no definition here has.

use milvus::proto::milvus as pb;
use milvus::proto::schema::field_data::Field;
use prost::Message;

use super::raw::Step;

/// `DescribeCollectionResponse.schema`, and `fields`, `functions` and `struct_array_fields` of `CollectionSchema`.
const SCHEMA: u64 = 2;
const FIELDS: u64 = 4;
const FUNCTIONS: u64 = 7;
const STRUCTS: u64 = 9;
/// The field `fields_data` of `QueryResults`.
const COLUMNS: u64 = 2;

/// A message in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The description of a collection: `DescribeCollectionResponse`.
    Description,
    /// The schema in it: `CollectionSchema`.
    Schema,
    /// The field of this name in that: `FieldSchema`.
    Field(String),
    /// The array of structs of this name in that: `StructArrayFieldSchema`.
    Struct(String),
    /// The function of this name in that: `FunctionSchema`.
    Function(String),
    /// The answer to a query: `QueryResults`.
    Rows,
    /// The column of this name in it: `FieldData`.
    Column(String),
    /// The values of the column: `ScalarField`, `VectorField` or `StructArrayField`.
    Values(String),
}

impl Place {
    /// Returns the call in whose answer it is.
    pub(super) fn call(&self) -> &'static str {
        match self {
            Self::Rows | Self::Column(_) | Self::Values(_) => "Query",
            _ => "DescribeCollection",
        }
    }

    /// Returns the way to it in an answer; `None` where the answer has no such place.
    pub(super) fn path(&self, message: &[u8]) -> Option<Vec<Step>> {
        match self {
            Self::Description | Self::Rows => Some(Vec::new()),
            Self::Column(name) => Some(vec![(COLUMNS, column(message, name)?.0)]),
            Self::Values(name) => {
                let (number, tag) = column(message, name)?;
                Some(vec![(COLUMNS, number), (tag?, 0)])
            }
            _ => self.path_in_description(message),
        }
    }

    fn path_in_description(&self, message: &[u8]) -> Option<Vec<Step>> {
        let schema = pb::DescribeCollectionResponse::decode(message).ok()?.schema?;
        let step = match self {
            Self::Field(name) => (FIELDS, schema.fields.iter().position(|field| field.name == *name)?),
            Self::Struct(name) => (STRUCTS, schema.struct_array_fields.iter().position(|field| field.name == *name)?),
            Self::Function(name) => (FUNCTIONS, schema.functions.iter().position(|function| function.name == *name)?),
            _ => return Some(vec![(SCHEMA, 0)]),
        };
        Some(vec![(SCHEMA, 0), step])
    }
}

/// Returns which column has a name, and the tag of its values.
fn column(message: &[u8], name: &str) -> Option<(usize, Option<u64>)> {
    let answer = pb::QueryResults::decode(message).ok()?;
    let number = answer.fields_data.iter().position(|column| column.field_name == name)?;
    let tag = answer.fields_data[number].field.as_ref().map(|values| match values {
        Field::Scalars(_) => 3,
        Field::Vectors(_) => 4,
        Field::StructArrays(_) => 8,
    });
    Some((number, tag))
}
