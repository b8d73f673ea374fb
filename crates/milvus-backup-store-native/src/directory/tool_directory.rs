//! [`ToolDirectory`]: the directory of one backup of the tool, opened.

use std::collections::BTreeMap;

use milvus_backup_core::{CollectionRef, Error, NativeSegment, Result};
use milvus_backup_segments::FrozenSegments;
use milvus_backup_storage::Directory;
use milvus_backup_storage::error::corrupted;

use super::logs::{Logs, collection_logs};
use super::meta::{CollectionMeta, FullMeta};

/// Maximum size of the metadata of the tool in bytes.
const MAX_META_BYTES: u64 = 256 << 20;

/// The directory in which the tool keeps its files, below the directory of a backup.
pub(crate) fn tool_path(name: &str) -> String {
    format!("data/{name}")
}

/// The directory that the tool wrote for a backup, with its metadata read. Nothing in it is trusted: every file that the
/// metadata names must be there with its size, and no others.
#[derive(Debug, Clone)]
pub struct ToolDirectory {
    /// Name of the backup for messages.
    backup: String,
    /// The path of the directory of the tool, relative to that of the backup.
    path: String,
    meta: FullMeta,
    /// The size in bytes of each file, by its path relative to the directory of the backup.
    files: BTreeMap<String, u64>,
}

impl ToolDirectory {
    /// Lists the directory that the tool wrote below the directory of a backup, and reads its metadata.
    ///
    /// # Errors
    /// Those of [`ToolDirectory::open`].
    pub async fn list(directory: &Directory, name: &str) -> Result<Self> {
        let below = format!("{}/", tool_path(name));
        let files = directory.list().await?.into_iter().filter(|(file, _)| file.starts_with(&below));
        Self::open(directory, name, files.collect()).await
    }

    /// Reads the metadata of a directory whose files are known: the size in bytes of each, by its path relative to the
    /// directory of the backup.
    ///
    /// # Errors
    /// [`Error::Storage`], and [`Error::Corrupted`] if the metadata is missing or cannot be parsed.
    pub async fn open(directory: &Directory, name: &str, files: BTreeMap<String, u64>) -> Result<Self> {
        Self::at(directory, tool_path(name), files).await
    }

    /// Reads the metadata of the directory at `path`, relative to `directory`, as are the paths of the files.
    pub(crate) async fn at(directory: &Directory, path: String, files: BTreeMap<String, u64>) -> Result<Self> {
        let backup = directory.path().to_owned();
        let file = format!("{path}/meta/full_meta.json");
        let Some(bytes) = directory.read_document(&file, MAX_META_BYTES).await? else {
            return Err(corrupted(&backup, &file, "it is missing"));
        };
        let meta: FullMeta = serde_json::from_slice(&bytes).map_err(|error| corrupted(&backup, &file, error))?;
        Ok(Self { backup, path, meta, files })
    }

    /// Returns the version of the server, as the tool recorded it.
    pub fn milvus_version(&self) -> &str {
        &self.meta.milvus_version
    }

    /// Returns the number of bytes of all log files, as the tool recorded it.
    pub fn size_bytes(&self) -> u64 {
        self.meta.size
    }

    /// Returns the collections in it.
    pub fn collections(&self) -> Vec<(String, String)> {
        let collections = self.meta.collections.iter();
        collections.map(|collection| (database_of(collection).to_owned(), collection.collection_name.clone())).collect()
    }

    /// Returns the size in bytes of each file, by its path relative to the directory of the backup.
    pub fn files(&self) -> &BTreeMap<String, u64> {
        &self.files
    }

    /// Returns the identifier that the server assigned to a collection.
    ///
    /// # Errors
    /// [`Error::Corrupted`] if the collection is not in it.
    pub fn collection_id(&self, collection: &CollectionRef) -> Result<i64> {
        Ok(self.collection(collection)?.collection_id)
    }

    /// Returns the segments of a collection, in ascending order of identifiers.
    ///
    /// # Errors
    /// [`Error::Corrupted`] if the collection is not in it.
    pub fn segments(&self, collection: &CollectionRef) -> Result<Vec<NativeSegment>> {
        let mut segments = Vec::new();
        for partition in &self.collection(collection)?.partitions {
            segments.extend(partition.segments.iter().map(|segment| (segment, &partition.partition_name)));
        }
        segments.sort_by_key(|(segment, _)| segment.segment_id);
        let described = segments.into_iter().map(|(segment, partition)| NativeSegment {
            id: segment.segment_id.to_string(),
            partition: partition.clone(),
            inserted_rows: segment.num_of_rows,
        });
        Ok(described.collect())
    }

    /// Returns the logs with all rows of a collection.
    ///
    /// # Errors
    /// [`Error::Corrupted`] for a log that is missing, has another size, or is not in the metadata, and
    /// [`Error::Unsupported`] for a form of segments that is not read.
    pub fn frozen(&self, collection: &CollectionRef) -> Result<FrozenSegments> {
        let logs = Logs { backup: &self.backup, path: &self.path, files: &self.files };
        logs.frozen(self.collection(collection)?)
    }

    /// Returns the files that a backup of one collection needs: the metadata, and the logs of that collection. The paths
    /// are relative to the directory of the backup.
    ///
    /// # Errors
    /// [`Error::Corrupted`] if the collection is not in it.
    pub(crate) fn files_of(&self, collection: &CollectionRef) -> Result<Vec<(&str, u64)>> {
        let logs = collection_logs(&self.path, self.collection(collection)?);
        let meta = format!("{}/meta/", self.path);
        let wanted = |file: &str| file.starts_with(&meta) || logs.iter().any(|logs| file.starts_with(logs));
        let files = self.files.iter().filter(|(file, _)| wanted(file));
        Ok(files.map(|(file, size)| (file.as_str(), *size)).collect())
    }

    pub(super) fn collection(&self, collection: &CollectionRef) -> Result<&CollectionMeta> {
        let wanted = (collection.database.as_str(), collection.name.as_str());
        let found = |meta: &&CollectionMeta| (database_of(meta), meta.collection_name.as_str()) == wanted;
        let missing = || -> Error {
            let file = format!("{}/meta/full_meta.json", self.path);
            corrupted(&self.backup, &file, format_args!("it has no collection `{collection}`"))
        };
        self.meta.collections.iter().find(found).ok_or_else(missing)
    }
}

/// Returns the database of a collection, which the tool omits if the server knows none.
fn database_of(collection: &CollectionMeta) -> &str {
    match collection.db_name.as_str() {
        "" => milvus_backup_core::DEFAULT_DATABASE,
        database => database,
    }
}
