//! The capabilities of a server with respect to schemas, and the parts of a schema that it lacks.

use std::collections::BTreeSet;

use super::collection::{CollectionSchema, FunctionKind};
use super::data_type::DataType;
use super::field::FieldSchema;

/// The parts of a schema that a server supports.
///
/// A schema is checked against them before anything is created, because a server may mishandle parts that it does not
/// support.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaSupport {
    /// The supported data types of fields.
    pub data_types: BTreeSet<DataType>,
    /// The supported kinds of functions.
    pub functions: BTreeSet<FunctionKind>,
    /// Whether scalar fields may be NULL.
    pub nullable_scalars: bool,
    /// Whether vector fields may be NULL.
    pub nullable_vectors: bool,
    /// Whether fields may have default values.
    pub default_values: bool,
    /// Whether rows can be distributed by a partition key.
    pub partition_key: bool,
    /// Whether a clustering key is preserved.
    pub clustering_key: bool,
    /// Whether arrays of structs are supported.
    pub struct_arrays: bool,
    /// Maximum number of vector fields in a collection; `None` if only the configuration of the server limits them.
    pub max_vector_fields: Option<usize>,
}

impl SchemaSupport {
    /// Returns the support of a server with all data types and all attributes.
    pub fn all() -> Self {
        Self {
            data_types: DataType::ALL.iter().copied().collect(),
            functions: FunctionKind::ALL.iter().copied().collect(),
            nullable_scalars: true,
            nullable_vectors: true,
            default_values: true,
            partition_key: true,
            clustering_key: true,
            struct_arrays: true,
            max_vector_fields: None,
        }
    }

    /// Returns a human-readable description of everything in `schema` that the server does not support; empty if it
    /// supports the schema.
    pub fn missing(&self, schema: &CollectionSchema) -> Vec<String> {
        let mut missing: Vec<String> = schema.fields.iter().flat_map(|field| self.missing_in(field)).collect();
        if !self.struct_arrays {
            let structs = schema.struct_fields.iter();
            missing.extend(structs.map(|field| format!("field `{}` is an array of structs", field.name)));
        }
        let unknown = schema.functions.iter().filter(|function| !self.functions.contains(&function.kind));
        missing.extend(unknown.map(|function| format!("function `{}` is of type {:?}", function.name, function.kind)));
        let vectors = schema.fields.iter().filter(|field| field.data_type.is_vector()).count();
        if let Some(limit) = self.max_vector_fields.filter(|limit| vectors > *limit) {
            missing.push(format!("{vectors} vector fields, but a collection may have {limit}"));
        }
        missing
    }

    fn missing_in(&self, field: &FieldSchema) -> Vec<String> {
        let name = &field.name;
        let vector = field.data_type.is_vector();
        let mut missing = Vec::new();
        if !self.data_types.contains(&field.data_type) {
            missing.push(format!("field `{name}` is of type {}", field.data_type));
        }
        if let Some(element) = field.elements().filter(|element| !self.data_types.contains(element)) {
            missing.push(format!("field `{name}` has elements of type {element}"));
        }
        if field.nullable && !(if vector { self.nullable_vectors } else { self.nullable_scalars }) {
            missing.push(format!("field `{name}` is nullable"));
        }
        if field.default_value.is_some() && !self.default_values {
            missing.push(format!("field `{name}` has a default value"));
        }
        if field.is_partition_key && !self.partition_key {
            missing.push(format!("field `{name}` is a partition key"));
        }
        if field.is_clustering_key && !self.clustering_key {
            missing.push(format!("field `{name}` is a clustering key"));
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_listed() {
        let mut price = FieldSchema::new("price", DataType::Geometry);
        price.nullable = true;
        price.is_partition_key = true;
        let schema = CollectionSchema::new(vec![FieldSchema::new("id", DataType::Int64), price]);
        let mut support = SchemaSupport::all();
        assert_eq!(support.missing(&schema), Vec::<String>::new());
        support.data_types.remove(&DataType::Geometry);
        support.nullable_scalars = false;
        support.partition_key = false;
        assert_eq!(support.missing(&schema).len(), 3);
    }
}
