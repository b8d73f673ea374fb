//! The output of the command `get`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::error::{Error, Result};

/// The description of a backup that `get` prints. The tool omits members that are 0, empty or `false`; here they have
/// that value.
///
/// Members that are not listed here are ignored. Some must not be stored: `database_backups` may hold the keys of
/// encrypted databases.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct BackupBrief {
    /// The name of the backup.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// The time of the backup, in the tool's own unit; 0 if it is not reported.
    #[serde(deserialize_with = "or_default")]
    pub backup_timestamp: u64,
    /// Size of the data in bytes, as Milvus reported it.
    #[serde(deserialize_with = "or_default")]
    pub size: u64,
    /// Size of the metadata files in bytes.
    #[serde(deserialize_with = "or_default")]
    pub meta_size: u64,
    /// Version string of the server.
    #[serde(deserialize_with = "or_default")]
    pub milvus_version: String,
    /// The collections of the backup.
    #[serde(rename = "collection_backups", deserialize_with = "or_default")]
    pub collections: Vec<CollectionBrief>,
}

/// One collection of a [`BackupBrief`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CollectionBrief {
    /// The name of the database; empty for the default one.
    #[serde(deserialize_with = "or_default")]
    pub db_name: String,
    /// The name of the collection.
    #[serde(deserialize_with = "or_default")]
    pub collection_name: String,
    /// The identifier of the collection in the server.
    #[serde(deserialize_with = "or_default")]
    pub collection_id: i64,
    /// Number of shards of the collection.
    #[serde(deserialize_with = "or_default")]
    pub shards_num: u32,
    /// The hybrid timestamp of the server.
    #[serde(deserialize_with = "or_default")]
    pub backup_timestamp: u64,
    /// The physical time of the backup, in seconds since 1970.
    #[serde(deserialize_with = "or_default")]
    pub backup_physical_timestamp: u64,
    /// Size of the data in bytes, as Milvus reported it.
    #[serde(deserialize_with = "or_default")]
    pub size: u64,
    /// Whether the collection had an index.
    #[serde(deserialize_with = "or_default")]
    pub has_index: bool,
    /// The indexes of the collection.
    #[serde(rename = "index_infos", deserialize_with = "or_default")]
    pub indexes: Vec<IndexBrief>,
    /// The load state, as named by the server.
    #[serde(deserialize_with = "or_default")]
    pub load_state: String,
}

/// One index of a [`CollectionBrief`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct IndexBrief {
    /// The name of the indexed field.
    #[serde(deserialize_with = "or_default")]
    pub field_name: String,
    /// The name of the index.
    #[serde(deserialize_with = "or_default")]
    pub index_name: String,
    /// The type of the index.
    #[serde(deserialize_with = "or_default")]
    pub index_type: String,
    /// All parameters of the index.
    #[serde(deserialize_with = "or_default")]
    pub params: BTreeMap<String, String>,
}

impl BackupBrief {
    /// Parses the output of `get`: the first JSON object that starts on a separate line. Text before and after it is
    /// ignored.
    ///
    /// # Errors
    /// [`Error::UnexpectedOutput`] if there is no such object, if it is truncated, and if it does not name a backup.
    pub fn parse(output: &str) -> Result<Self> {
        let unexpected = |reason: String| Error::UnexpectedOutput { command: "get", reason };
        let Some(start) = object_start(output) else { return Err(unexpected("there is no JSON object".to_owned())) };
        let mut objects = serde_json::Deserializer::from_str(&output[start..]).into_iter::<Self>();
        match objects.next() {
            Some(Ok(brief)) if !brief.name.is_empty() => Ok(brief),
            Some(Ok(_)) => Err(unexpected("the JSON object names no backup".to_owned())),
            // The message of the parser may quote a value of the output.
            Some(Err(error)) => {
                let (line, column) = (error.line(), error.column());
                Err(unexpected(format!("line {line}, column {column} of the JSON object cannot be read")))
            }
            None => Err(unexpected("the JSON object is empty".to_owned())),
        }
    }
}

/// Returns the position of the first line that equals `{`.
fn object_start(output: &str) -> Option<usize> {
    let mut start = 0;
    for line in output.split_inclusive('\n') {
        if line.trim() == "{" {
            return Some(start);
        }
        start += line.len();
    }
    None
}

/// Deserializes `null`, which represents an omitted member, as the default.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
