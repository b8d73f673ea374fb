//! The contents that a random table may have.

use milvus_backup_core::schema::DataType;

use crate::ServerKind;

/// The contents that a random table may have.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Types of scalar fields.
    pub scalars: Vec<DataType>,
    /// Types of the elements of arrays.
    pub elements: Vec<DataType>,
    /// Types of vector fields.
    pub vectors: Vec<DataType>,
    /// Whether scalar fields may be NULL.
    pub nullable: bool,
    /// Whether vector fields may be NULL.
    pub nullable_vectors: bool,
    /// Whether there is an array of structs.
    pub structs: bool,
    /// Whether the table is for a server: a primary key, one vector field or a few, some of the other types, and only
    /// values that the server accepts. Otherwise it has a column of every type, and any value.
    pub server: bool,
    /// Whether a table for a server has all types of the profile instead of some.
    pub every_field: bool,
    /// Maximum number of vector fields.
    pub max_vectors: usize,
}

const NUMBERS: [DataType; 7] = [
    DataType::Bool,
    DataType::Int8,
    DataType::Int16,
    DataType::Int32,
    DataType::Int64,
    DataType::Float,
    DataType::Double,
];

/// The types that servers send packed or as texts.
const PACKED: [DataType; 4] = [DataType::Date, DataType::Time, DataType::Decimal, DataType::Uuid];

impl Profile {
    /// Returns the profile with a column of every type in the protocol.
    pub fn everything() -> Self {
        let texts = [DataType::VarChar, DataType::Text, DataType::Json, DataType::Geometry, DataType::Timestamptz];
        Self {
            scalars: NUMBERS.into_iter().chain(texts).chain(PACKED).collect(),
            elements: NUMBERS.into_iter().chain([DataType::VarChar]).chain(PACKED).collect(),
            vectors: DataType::ALL.iter().copied().filter(|data_type| data_type.is_vector()).collect(),
            nullable: true,
            nullable_vectors: true,
            structs: true,
            server: false,
            every_field: false,
            max_vectors: usize::MAX,
        }
    }

    /// Returns the profile that a server supports.
    pub fn of(kind: ServerKind) -> Self {
        let mut scalars: Vec<DataType> = NUMBERS.into_iter().chain([DataType::VarChar, DataType::Json]).collect();
        let vectors = match kind {
            ServerKind::Milvus235 => vec![DataType::FloatVector, DataType::BinaryVector],
            ServerKind::Lite322 => vec![DataType::FloatVector, DataType::SparseFloatVector],
            ServerKind::Lite251 => vec![
                DataType::FloatVector,
                DataType::BinaryVector,
                DataType::Float16Vector,
                DataType::BFloat16Vector,
                DataType::SparseFloatVector,
            ],
        };
        if kind == ServerKind::Lite322 {
            scalars.extend([DataType::Geometry, DataType::Timestamptz]);
        }
        Self {
            scalars,
            elements: NUMBERS.into_iter().chain([DataType::VarChar]).collect(),
            vectors,
            nullable: kind == ServerKind::Lite322,
            nullable_vectors: false,
            structs: false,
            server: true,
            max_vectors: if kind == ServerKind::Milvus235 { 1 } else { 3 },
            ..Self::everything()
        }
    }
}
