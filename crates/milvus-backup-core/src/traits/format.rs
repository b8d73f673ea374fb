//! A format of data files that hold rows.

use std::fmt::Debug;
use std::sync::Arc;

use arrow_array::RecordBatch;
use async_trait::async_trait;

use super::chunks::ChunkFiles;
use super::content_check::ContentCheck;
use super::writer::UnitWriters;
use crate::error::Result;
use crate::model::{BackupStorageType, ChecksumAlgorithm, CompressionCodec, StoredBackup};
use crate::names::{BackupId, CollectionRef};
use crate::schema::CollectionSchema;

/// A format of data files that hold rows, independent of the repository they are in.
///
/// It contains the differences between two kinds of logical backup. The engine decides which rows are read, in how many
/// streams, what is recorded about them and what is committed.
#[async_trait]
pub trait RowFormat: Send + Sync + Debug {
    /// Returns the kind of backup that consists of such files.
    fn storage_type(&self) -> BackupStorageType;

    /// Returns the number of bytes that these rows would occupy in a data file. Writes nothing.
    ///
    /// # Errors
    /// [`crate::Error::Encoding`] for rows that cannot be encoded.
    async fn estimate(&self, encoding: &RowEncoding, rows: RecordBatch) -> Result<u64>;

    /// Returns the writers of an uncommitted backup.
    fn writers(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        encoding: Arc<RowEncoding>,
    ) -> Arc<dyn UnitWriters>;

    /// Returns the data files of a committed backup, which hold rows of `schema`. With `verify_digests`, the rows of
    /// each row group are compared with their recorded digest before they are returned.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] for a schema that has no columns in this format.
    fn chunks(
        &self,
        backup: &StoredBackup,
        schema: &CollectionSchema,
        verify_digests: bool,
    ) -> Result<Arc<dyn ChunkFiles>>;

    /// Returns the check of the contents of data files.
    fn content_check(&self) -> &dyn ContentCheck;
}

/// The encoding of rows in all data files of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowEncoding {
    /// The definition of the collection, which determines the columns of the rows.
    pub schema: CollectionSchema,
    /// Whether a codec was requested: columns that do not become smaller are stored uncompressed nevertheless.
    pub compression_enabled: bool,
    /// The codec inside the data files.
    pub compression_codec: CompressionCodec,
    /// Compression level, from 1 (fast) to 9 (small).
    pub compression_level: u8,
    /// Algorithm of the digests over files.
    pub checksum_algorithm: ChecksumAlgorithm,
}
