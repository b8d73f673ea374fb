//! The definition of a collection.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::data_type::DataType;
use super::field::{FieldSchema, StructFieldSchema};
use crate::error::{Error, Result};

/// Name of the column that holds the keys outside the schema, as JSON objects.
pub const DYNAMIC_FIELD: &str = "$meta";

/// The definition from which a collection is recreated, except for its indexes and aliases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionSchema {
    /// Description of the collection, as free text.
    #[serde(default)]
    pub description: String,
    /// The fields in the order of the server, without the dynamic field.
    pub fields: Vec<FieldSchema>,
    /// The arrays of structs, in the order of the server.
    #[serde(default)]
    pub struct_fields: Vec<StructFieldSchema>,
    /// The functions that compute fields.
    #[serde(default)]
    pub functions: Vec<FunctionSchema>,
    /// Whether rows may have keys outside the schema.
    pub enable_dynamic_field: bool,
    /// Number of shards of the collection.
    pub shards_num: u32,
    /// The consistency level of queries that do not name one.
    pub consistency_level: ConsistencyLevel,
    /// Number of hash partitions; only for a collection with a partition key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub num_partitions: Option<u32>,
    /// Properties of the collection such as `collection.ttl.seconds`.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
}

/// The required freshness of the result of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ConsistencyLevel {
    /// All acknowledged writes are visible.
    Strong,
    /// All writes of the same client are visible.
    Session,
    /// The result is at most a few seconds old.
    Bounded,
    /// The result may have any age.
    Eventually,
    /// The timestamp of the query applies.
    Customized,
}

/// A function that computes fields from other fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionSchema {
    /// Name of the function.
    pub name: String,
    /// Description of the function, as free text.
    #[serde(default)]
    pub description: String,
    /// The kind of computation.
    pub kind: FunctionKind,
    /// Names of the fields that it reads.
    pub input_fields: Vec<String>,
    /// Names of the fields that it writes.
    pub output_fields: Vec<String>,
    /// Parameters of the function, as the server reported them.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
}

/// The kinds of functions in Milvus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum FunctionKind {
    /// Full-text search, from text to a sparse vector.
    #[serde(rename = "BM25")]
    Bm25,
    /// Text to a dense vector, by a model.
    TextEmbedding,
    /// Reranking of search results.
    Rerank,
    /// Text to a `MinHash` signature.
    MinHash,
    /// Molecule to a binary fingerprint.
    MolFingerprint,
}

impl FunctionKind {
    /// Every function, in declaration order.
    pub const ALL: &'static [Self] =
        &[Self::Bm25, Self::TextEmbedding, Self::Rerank, Self::MinHash, Self::MolFingerprint];
}

impl CollectionSchema {
    /// Returns a collection of `fields` with one shard and bounded consistency, the defaults of Milvus' clients.
    pub fn new(fields: Vec<FieldSchema>) -> Self {
        Self {
            description: String::new(),
            fields,
            struct_fields: Vec::new(),
            functions: Vec::new(),
            enable_dynamic_field: false,
            shards_num: 1,
            consistency_level: ConsistencyLevel::Bounded,
            num_partitions: None,
            properties: BTreeMap::new(),
        }
    }

    /// Returns the primary key field.
    ///
    /// # Errors
    /// [`Error::Protocol`] if there is none, or its type is none of `Int64`, `VarChar` and `UUID`.
    pub fn primary_key(&self) -> Result<&FieldSchema> {
        let field = self.fields.iter().find(|field| field.is_primary);
        match field {
            Some(field) if matches!(field.data_type, DataType::Int64 | DataType::VarChar | DataType::Uuid) => Ok(field),
            Some(field) => Err(Error::Protocol { message: format!("the primary key has type {}", field.data_type) }),
            None => Err(Error::Protocol { message: "the collection has no primary key".to_owned() }),
        }
    }

    /// Returns whether rows are distributed over hash partitions, which cannot be named in a call.
    pub fn has_partition_key(&self) -> bool {
        self.fields.iter().any(|field| field.is_partition_key)
    }

    /// Returns the expected size of one row in bytes: exact for fixed-width fields, a guess for the others.
    pub fn estimated_row_bytes(&self) -> u64 {
        const TEXT: usize = 64;
        let field_bytes = |field: &FieldSchema| {
            let dim = field.dim().unwrap_or(0);
            field.data_type.fixed_width(dim).unwrap_or(match field.data_type {
                DataType::SparseFloatVector => 1024,
                DataType::Json => 256,
                _ => TEXT.min(field.max_length().unwrap_or(TEXT)),
            })
        };
        let fields: usize = self.fields.iter().map(field_bytes).sum();
        let structs: usize = self.struct_fields.iter().flat_map(|s| &s.fields).map(|f| field_bytes(f) * 4).sum();
        (fields + structs + if self.enable_dynamic_field { TEXT } else { 0 }) as u64
    }

    /// Returns the maximum size of one row in bytes, as far as the schema and the limits of Milvus define it: 65,535
    /// for a `VarChar` and, by default, 65,536 for a JSON value (`common.JSONMaxLength`). Sparse vectors have no limit;
    /// they count the same.
    pub fn largest_row_bytes(&self) -> u64 {
        const LONGEST: usize = 1 << 16;
        let value_bytes = |field: &FieldSchema, data_type: DataType| {
            let text = || field.max_length().unwrap_or(LONGEST).min(LONGEST);
            let fixed = data_type.fixed_width(field.dim().unwrap_or(0));
            fixed.unwrap_or_else(|| if data_type == DataType::VarChar { text() } else { LONGEST })
        };
        let field_bytes = |field: &FieldSchema| match field.elements() {
            Some(element) => value_bytes(field, element).saturating_mul(field.max_capacity().unwrap_or(LONGEST)),
            None => value_bytes(field, field.data_type),
        };
        let fields = self.fields.iter().chain(self.struct_fields.iter().flat_map(|s| &s.fields));
        let bytes = fields.map(field_bytes).fold(0, usize::saturating_add);
        bytes.saturating_add(if self.enable_dynamic_field { LONGEST } else { 0 }) as u64
    }
}
