//! The output of `get`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::error::{Error, Result};

/// What `get` prints of a backup. The tool leaves out what is 0, empty or `false`; here it is that value then.
///
/// Members that are not listed here are ignored. Some must not be kept: `database_backups` may hold the keys of encrypted
/// databases.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct BackupBrief {
    /// Name of the backup.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// When the backup was made, in the tool's own unit; 0 where it does not say.
    #[serde(deserialize_with = "or_default")]
    pub backup_timestamp: u64,
    /// Bytes of the data, as Milvus reported them.
    #[serde(deserialize_with = "or_default")]
    pub size: u64,
    /// Bytes of the metadata files.
    #[serde(deserialize_with = "or_default")]
    pub meta_size: u64,
    /// Version text of the server.
    #[serde(deserialize_with = "or_default")]
    pub milvus_version: String,
    /// The collections.
    #[serde(rename = "collection_backups", deserialize_with = "or_default")]
    pub collections: Vec<CollectionBrief>,
}

/// One collection of a [`BackupBrief`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CollectionBrief {
    /// The database; empty for the default one.
    #[serde(deserialize_with = "or_default")]
    pub db_name: String,
    /// The collection.
    #[serde(deserialize_with = "or_default")]
    pub collection_name: String,
    /// Its number in the server.
    #[serde(deserialize_with = "or_default")]
    pub collection_id: i64,
    /// Number of shards.
    #[serde(deserialize_with = "or_default")]
    pub shards_num: u32,
    /// Hybrid timestamp of the server.
    #[serde(deserialize_with = "or_default")]
    pub backup_timestamp: u64,
    /// Seconds since 1970.
    #[serde(deserialize_with = "or_default")]
    pub backup_physical_timestamp: u64,
    /// Bytes of the data, as Milvus reported them.
    #[serde(deserialize_with = "or_default")]
    pub size: u64,
    /// Whether the collection had an index.
    #[serde(deserialize_with = "or_default")]
    pub has_index: bool,
    /// Its indexes.
    #[serde(rename = "index_infos", deserialize_with = "or_default")]
    pub indexes: Vec<IndexBrief>,
    /// Load state as the server named it.
    #[serde(deserialize_with = "or_default")]
    pub load_state: String,
}

/// One index of a [`CollectionBrief`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct IndexBrief {
    /// The field.
    #[serde(deserialize_with = "or_default")]
    pub field_name: String,
    /// Name of the index.
    #[serde(deserialize_with = "or_default")]
    pub index_name: String,
    /// Type of the index.
    #[serde(deserialize_with = "or_default")]
    pub index_type: String,
    /// All its parameters.
    #[serde(deserialize_with = "or_default")]
    pub params: BTreeMap<String, String>,
}

impl BackupBrief {
    /// Reads the output of `get`: the first JSON object that begins on a line of its own. What stands before and after it does
    /// not matter.
    ///
    /// # Errors
    /// [`Error::UnexpectedOutput`] when there is no such object, when it is cut short, and when it does not name a backup.
    pub fn parse(output: &str) -> Result<Self> {
        let unexpected = |reason: String| Error::UnexpectedOutput { command: "get", reason };
        let Some(start) = object_start(output) else { return Err(unexpected("there is no JSON object".to_owned())) };
        let mut objects = serde_json::Deserializer::from_str(&output[start..]).into_iter::<Self>();
        match objects.next() {
            Some(Ok(brief)) if !brief.name.is_empty() => Ok(brief),
            Some(Ok(_)) => Err(unexpected("the JSON object names no backup".to_owned())),
            // The message of the parser may quote a value.
            Some(Err(error)) => {
                let (line, column) = (error.line(), error.column());
                Err(unexpected(format!("line {line}, column {column} of the JSON object cannot be read")))
            }
            None => Err(unexpected("the JSON object is empty".to_owned())),
        }
    }
}

/// Where the first line is that is `{`.
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

/// `null` is what is left out.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
