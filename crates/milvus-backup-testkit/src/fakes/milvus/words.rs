//! Refusals that each server has in its own words.

use milvus_backup_core::Error;

use super::model::Family;
use super::refusals::{INVALID_PARAMETER, UNEXPECTED, refused};

const COLLECTION_NOT_FOUND: i32 = 100;
const PARTITION_NOT_FOUND: i32 = 200;
/// What Milvus Lite 3 uses for a definition or a row that it does not take.
const ILLEGAL: i32 = 6;

impl Family {
    pub(crate) fn collection_not_found(self, call: &str, name: &str) -> Error {
        let message = match self {
            Self::Milvus => format!("collection not found[database=default][collection={name}]"),
            Self::Lite3 => format!("collection '{name}' does not exist"),
            Self::Lite2 => "collection not found".to_owned(),
        };
        refused(call, COLLECTION_NOT_FOUND, message)
    }

    pub(crate) fn partition_not_found(self, call: &str, name: &str) -> Error {
        match self {
            Self::Milvus if call == "Query" => refused(call, UNEXPECTED, format!("partition name {name} not found")),
            // The client believes that the partition may be there again.
            Self::Lite3 if call == "Insert" => Error::Milvus {
                call: call.to_owned(),
                code: PARTITION_NOT_FOUND,
                message: name.to_owned(),
                retryable: true,
            },
            Self::Lite3 => refused(call, PARTITION_NOT_FOUND, name),
            _ => refused(call, PARTITION_NOT_FOUND, format!("partition not found[partition={name}]")),
        }
    }

    pub(crate) fn collection_exists(self, call: &str, name: &str) -> Error {
        match self {
            Self::Milvus => refused(
                call,
                UNEXPECTED,
                format!("create duplicate collection with different parameters, collection: {name}"),
            ),
            Self::Lite3 => refused(call, 1, format!("collection '{name}' already exists")),
            Self::Lite2 => refused(
                call,
                INVALID_PARAMETER,
                format!("create duplicate collection with different parameters, collection {name}: invalid parameter"),
            ),
        }
    }

    pub(crate) fn name_taken(self, name: &str) -> Error {
        let call = "RenameCollection";
        match self {
            Self::Lite3 => refused(call, 1, format!("collection '{name}' already exists")),
            _ => refused(
                call,
                UNEXPECTED,
                format!("duplicated new collection name default:{name} with other collection name or alias"),
            ),
        }
    }

    pub(crate) fn alias_conflicts(self, alias: &str) -> Error {
        let call = "CreateAlias";
        match self {
            Self::Lite3 => refused(call, 1, format!("alias '{alias}' conflicts with an existing collection")),
            _ => refused(call, 1601, format!("alias and collection name conflict[database=default][alias={alias}]")),
        }
    }

    pub(crate) fn alias_exists(self, alias: &str) -> Error {
        let call = "CreateAlias";
        match self {
            Self::Lite3 => refused(call, 1, format!("alias '{alias}' already exists")),
            _ => refused(
                call,
                1602,
                format!(
                    "{alias} is alias to another collection: alias already exist[database=default]\
                     [alias={alias}]"
                ),
            ),
        }
    }

    pub(crate) fn alias_not_found(self, alias: &str) -> Error {
        let call = "AlterAlias";
        match self {
            Self::Lite3 => refused(call, COLLECTION_NOT_FOUND, format!("alias '{alias}' does not exist")),
            _ => refused(call, 1600, format!("alias not found[database=default][alias={alias}]")),
        }
    }

    /// A partition, named where rows are spread by a partition key.
    pub(crate) fn spread(self, call: &str) -> Error {
        match (self, call) {
            (Self::Lite3, _) => refused(call, ILLEGAL, "cannot create manual partitions when partition key is set"),
            (_, "CreatePartition") => {
                refused(call, UNEXPECTED, "disable create partition if partition key mode is used")
            }
            (_, "LoadPartitions" | "ReleasePartitions") => {
                refused(call, UNEXPECTED, "disable load or release partitions if partition key mode is used")
            }
            _ => refused(
                call,
                UNEXPECTED,
                "not support manually specifying the partition names if partition key mode is used",
            ),
        }
    }

    pub(crate) fn field_not_found(self, field: &str) -> Error {
        let call = "CreateIndex";
        match self {
            Self::Milvus => refused(call, UNEXPECTED, format!("cannot create index on non-exist field: {field}")),
            Self::Lite3 => refused(call, ILLEGAL, format!("unknown field '{field}' for create_index")),
            Self::Lite2 => refused(call, INVALID_PARAMETER, format!("Can not found field {field}: invalid parameter")),
        }
    }

    pub(crate) fn index_exists(self, field: &str) -> Error {
        let call = "CreateIndex";
        match self {
            Self::Lite3 => {
                let message = format!("index already exists for field '{field}'; call drop_index first");
                refused(call, 35, message)
            }
            _ => refused(call, UNEXPECTED, "CreateIndex failed: at most one distinct index is allowed per field"),
        }
    }

    pub(crate) fn index_loaded(self) -> Error {
        let (code, message) = match self {
            Self::Lite3 => (ILLEGAL, "index cannot be dropped on loaded collection; call release() first"),
            _ => (UNEXPECTED, "index cannot be dropped, collection is loaded, please release it first"),
        };
        refused("DropIndex", code, message)
    }

    /// A definition that the server does not take.
    pub(crate) fn schema(self, missing: &[String]) -> Error {
        let code = if self == Self::Milvus { UNEXPECTED } else { ILLEGAL };
        refused("CreateCollection", code, missing.join("; "))
    }

    /// Rows that the server does not take.
    pub(crate) fn rows(self, reason: impl Into<String>) -> Error {
        let code = if self == Self::Lite3 { ILLEGAL } else { INVALID_PARAMETER };
        refused("Insert", code, reason)
    }

    /// An expression with a word that is reserved.
    pub(crate) fn unparsable(self, key: &str) -> Error {
        let (code, message) = match self {
            Self::Milvus => (UNEXPECTED, format!("cannot parse expression: {key} > 1, error: line 1:0")),
            Self::Lite3 => (ILLEGAL, format!("unexpected token '{key}' at column 1")),
            Self::Lite2 => (INVALID_PARAMETER, format!("Invalid expr: {key} > 1: invalid parameter")),
        };
        refused("Query", code, message)
    }
}
