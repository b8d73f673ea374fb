//! Reading of the documents of a repository, which are untrusted input.

use std::collections::HashMap;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use milvus_backup_core::{
    BackedUpDefinition, BackupId, BackupManifest, BackupMetadata, BrokenBackup, CollectionRef, Error, Listing, Pin,
    Result, StoredBackup, VerificationRecord,
};
use milvus_backup_storage::Directory;
use milvus_backup_storage::error::corrupted;

use crate::documents::{
    ChecksumsDocument, IndexesDocument, SchemaDocument, VerificationDocument, digest, from_bytes, manifest_from_bytes,
    metadata_from_bytes,
};
use crate::handle::{RepositoryHandle, read_document};
use crate::layout::{CHECKSUMS, INDEXES, MANIFEST, METADATA, PINS, SCHEMA, SETS, VERIFICATION, is_inside};

/// Number of documents that are read concurrently.
const READERS: usize = 8;

impl RepositoryHandle {
    /// Opens a backup: reads its summary, with the outcome of its last verification and its pin, and its manifest.
    ///
    /// # Errors
    /// [`Error::BackupNotFound`], [`Error::Corrupted`], [`Error::UnsupportedFormatVersion`], [`Error::Storage`].
    pub async fn open(&self, collection: &CollectionRef, id: &BackupId) -> Result<StoredBackup> {
        let metadata = self.summary(collection, id).await?;
        let manifest = self.read_manifest(&metadata).await?;
        Ok(StoredBackup { metadata, manifest })
    }

    /// Reads the summary of a backup, with the outcome of its last verification and its pin.
    ///
    /// # Errors
    /// The errors of [`RepositoryHandle::open`].
    pub async fn summary(&self, collection: &CollectionRef, id: &BackupId) -> Result<BackupMetadata> {
        let mut metadata = self.read_metadata(collection, id).await?;
        metadata.pin = self.pin_of(collection, id).await?;
        Ok(metadata)
    }

    /// Returns the collections that have a backup with this identifier: at most one, unless directories were copied.
    /// Reads one object per collection, and lists none of them.
    ///
    /// # Errors
    /// [`Error::Storage`] if the repository cannot be read.
    pub async fn find(&self, id: &BackupId) -> Result<Vec<CollectionRef>> {
        self.require_readable().await?;
        let collections = self.storage().subdirectories("").await?;
        let collections: Vec<_> = collections.iter().filter_map(|name| CollectionRef::from_directory(name)).collect();
        let mut found: Vec<CollectionRef> = futures::stream::iter(collections)
            .map(|collection| async move {
                let size = self.backup(&collection, id).size(METADATA).await?;
                Ok::<_, Error>(size.map(|_| collection))
            })
            .buffer_unordered(READERS)
            .try_filter_map(|found| async move { Ok(found) })
            .try_collect()
            .await?;
        found.sort();
        Ok(found)
    }

    /// Reads the summary of a backup, with the outcome of its last verification, but without its pin.
    ///
    /// # Errors
    /// The errors of [`RepositoryHandle::open`].
    pub async fn read_metadata(&self, collection: &CollectionRef, id: &BackupId) -> Result<BackupMetadata> {
        self.require_readable().await?;
        self.read_committed(&self.backup(collection, id), id).await?.ok_or_else(|| self.not_found(id))
    }

    async fn read_committed(&self, directory: &Directory, id: &BackupId) -> Result<Option<BackupMetadata>> {
        let Some((_, mut metadata)) = self.read_commit(directory, id).await? else { return Ok(None) };
        metadata.set_verifications(read_verifications(directory).await);
        metadata.pin = None;
        Ok(Some(metadata))
    }

    /// Reads the summary of a backup, as bytes and in its parts; `None` if it is not committed.
    pub(crate) async fn read_commit(
        &self,
        directory: &Directory,
        id: &BackupId,
    ) -> Result<Option<(Bytes, BackupMetadata)>> {
        self.storage().refuse_links(directory.path()).await?;
        let Some(bytes) = read_document(directory, METADATA).await? else { return Ok(None) };
        let metadata = metadata_from_bytes(directory.path(), &bytes)?;
        check_metadata(directory, id, &metadata)?;
        Ok(Some((bytes, metadata)))
    }

    /// Reads the manifest of a backup, and checks its digest.
    ///
    /// # Errors
    /// [`Error::Corrupted`], [`Error::UnsupportedFormatVersion`], [`Error::Storage`], and [`Error::Unsupported`] for a
    /// kind of payload that this version does not know.
    pub async fn read_manifest(&self, metadata: &BackupMetadata) -> Result<BackupManifest> {
        let directory = self.directory_of(metadata)?;
        let Some(bytes) = read_document(&directory, MANIFEST).await? else {
            return Err(corrupted(directory.path(), MANIFEST, "missing"));
        };
        let found = digest(metadata.checksum_algorithm, &bytes);
        if found != metadata.manifest_checksum {
            let message = format!("digest is {found}, but {} is recorded", metadata.manifest_checksum);
            return Err(corrupted(directory.path(), MANIFEST, message));
        }
        let manifest = manifest_from_bytes(directory.path(), &bytes)?;
        let names = manifest.partitions.iter().map(|partition| &partition.name);
        if !names.eq(&metadata.partition_names) {
            return Err(corrupted(directory.path(), MANIFEST, format!("its partitions are not those of {METADATA}")));
        }
        Ok(manifest)
    }

    /// Lists the backups of one collection, or of all, newest first, and separately those that cannot be read.
    ///
    /// # Errors
    /// [`Error::Storage`] if the repository cannot be listed.
    pub async fn list_backups(&self, collection: Option<&CollectionRef>) -> Result<Listing> {
        self.require_readable().await?;
        let collections = match collection {
            Some(collection) => vec![collection.directory()],
            None => self.collection_directories().await?,
        };
        self.list_in(&collections, true).await
    }

    /// Lists the backups of one collection like [`Self::list_backups`], without the outcomes of their verifications and
    /// without their pins.
    ///
    /// # Errors
    /// [`Error::Storage`] if the repository cannot be listed.
    pub async fn list_committed(&self, collection: &CollectionRef) -> Result<Listing> {
        self.require_readable().await?;
        self.list_in(&[collection.directory()], false).await
    }

    /// Returns the directories below the root that can be those of collections.
    async fn collection_directories(&self) -> Result<Vec<String>> {
        let mut names = self.storage().subdirectories("").await?;
        names.retain(|name| name != SETS);
        Ok(names)
    }

    async fn list_in(&self, collections: &[String], with_marks: bool) -> Result<Listing> {
        let mut found = Vec::new();
        for collection in collections {
            found.extend(self.directories_of(collection, with_marks).await?);
        }
        let mut listing = Listing::default();
        let mut results = futures::stream::iter(found)
            .map(|Found { directory, collection, backup_id, pin }| async move {
                let read = if with_marks {
                    self.read_committed(&directory, &backup_id).await
                } else {
                    self.read_commit(&directory, &backup_id).await.map(|found| found.map(|(_, metadata)| metadata))
                };
                (read.map(|metadata| metadata.map(|read| BackupMetadata { pin, ..read })), collection, backup_id)
            })
            .buffer_unordered(READERS);
        while let Some((result, collection, backup_id)) = results.next().await {
            match result {
                Ok(metadata) => listing.backups.extend(metadata),
                Err(error @ (Error::Corrupted { .. } | Error::UnsupportedFormatVersion { .. })) => {
                    listing.broken.push(BrokenBackup { collection, backup_id, error });
                }
                Err(error) => return Err(error),
            }
        }
        drop(results);
        listing.backups.sort_by(|a, b| (b.created_at, &b.backup_id).cmp(&(a.created_at, &a.backup_id)));
        listing.broken.sort_by(|a, b| a.backup_id.cmp(&b.backup_id));
        Ok(listing)
    }

    /// Lists the directories of backups of a collection, perhaps with the pins of these. Another request is made only if
    /// there are pins, which the list of directories tells.
    async fn directories_of(&self, collection: &str, with_pins: bool) -> Result<Vec<Found>> {
        let names = self.storage().subdirectories(collection).await?;
        let reads_pins = with_pins && names.iter().any(|name| name == PINS);
        let mut pins = if reads_pins { self.read_pins(collection).await? } else { HashMap::new() };
        // Any other directory in a repository is not a backup.
        let backups = names.into_iter().filter_map(|name| name.parse::<BackupId>().ok());
        Ok(backups
            .map(|backup_id| Found {
                directory: self.storage().directory(format!("{collection}/{backup_id}")),
                collection: CollectionRef::from_directory(collection),
                pin: pins.remove(&backup_id),
                backup_id,
            })
            .collect())
    }

    /// Reads the definition of the collection, and checks the digests of its documents.
    ///
    /// # Errors
    /// [`Error::Corrupted`], [`Error::UnsupportedFormatVersion`], [`Error::Storage`].
    pub async fn read_definition(&self, metadata: &BackupMetadata) -> Result<BackedUpDefinition> {
        let directory = self.directory_of(metadata)?;
        let checksums = read_checksums(&directory, metadata).await?;
        let schema: SchemaDocument = read_covered(&directory, &checksums, SCHEMA).await?;
        let indexes = if checksums.files.contains_key(INDEXES) {
            let document: IndexesDocument = read_covered(&directory, &checksums, INDEXES).await?;
            Some(document.indexes)
        } else {
            None
        };
        Ok(BackedUpDefinition {
            schema: schema.schema,
            database_properties: schema.database_properties,
            partitions: schema.partitions,
            indexes,
        })
    }
}

/// A directory that may be that of a backup.
struct Found {
    directory: Directory,
    collection: Option<CollectionRef>,
    backup_id: BackupId,
    pin: Option<Pin>,
}

/// Checks that the metadata matches the path at which it was found.
fn check_metadata(directory: &Directory, id: &BackupId, metadata: &BackupMetadata) -> Result<()> {
    let broken = |message: String| Err(corrupted(directory.path(), METADATA, message));
    if metadata.backup_id != *id {
        return broken(format!("it says that it is backup {}", metadata.backup_id));
    }
    let collection = metadata.collection()?;
    if directory.path() != format!("{}/{id}", collection.directory()) {
        return broken(format!("it says that it is of collection {collection}"));
    }
    Ok(())
}

/// Returns the verifications, newest first. They are outside the chain of digests: unreadable ones count as never
/// verified.
pub(crate) async fn read_verifications(directory: &Directory) -> Vec<VerificationRecord> {
    let Ok(Some(bytes)) = read_document(directory, VERIFICATION).await else { return Vec::new() };
    let document = from_bytes::<VerificationDocument>(directory.path(), VERIFICATION, &bytes);
    document.map_or_else(|_| Vec::new(), VerificationDocument::into_records)
}

/// Reads `checksums.json`, and checks its digest against the metadata.
pub(crate) async fn read_checksums(directory: &Directory, metadata: &BackupMetadata) -> Result<ChecksumsDocument> {
    let Some(bytes) = read_document(directory, CHECKSUMS).await? else {
        return Err(corrupted(directory.path(), CHECKSUMS, "missing"));
    };
    let found = digest(metadata.checksum_algorithm, &bytes);
    if found != metadata.checksum {
        let message = format!("digest is {found}, but {} is recorded", metadata.checksum);
        return Err(corrupted(directory.path(), CHECKSUMS, message));
    }
    let document: ChecksumsDocument = from_bytes(directory.path(), CHECKSUMS, &bytes)?;
    if let Some(path) = document.files.keys().find(|path| !is_inside(path)) {
        return Err(corrupted(directory.path(), CHECKSUMS, format!("it names `{}`", path.escape_default())));
    }
    Ok(document)
}

/// Reads a document that `checksums.json` covers, and checks its digest.
async fn read_covered<T: serde::de::DeserializeOwned>(
    directory: &Directory,
    checksums: &ChecksumsDocument,
    file: &str,
) -> Result<T> {
    let Some(entry) = checksums.files.get(file) else {
        return Err(corrupted(directory.path(), CHECKSUMS, format!("`{file}` is not in it")));
    };
    let Some(bytes) = read_document(directory, file).await? else {
        return Err(corrupted(directory.path(), file, "missing"));
    };
    let found = digest(checksums.algorithm, &bytes);
    if found != entry.checksum {
        return Err(corrupted(
            directory.path(),
            file,
            format!("digest is {found}, but {} is recorded", entry.checksum),
        ));
    }
    from_bytes(directory.path(), file, &bytes)
}
