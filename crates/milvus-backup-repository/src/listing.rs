//! Listing of backups: their summaries, read concurrently.

use std::collections::HashMap;

use futures::{StreamExt, TryStreamExt};
use milvus_backup_core::{BackupId, BackupMetadata, BrokenBackup, CollectionRef, Error, Listing, Pin, Result};
use milvus_backup_storage::Directory;
use tokio::task::{JoinError, JoinSet};

use crate::catalogue::read_verifications;
use crate::handle::RepositoryHandle;
use crate::layout::{METADATA, PINS, SETS};

/// Number of summaries that are read concurrently from a local disk.
const LOCAL_READERS: usize = 8;

/// Number of summaries that are read concurrently over a network, where most of the time is latency.
const REMOTE_READERS: usize = 64;

impl RepositoryHandle {
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
        self.list_in(collections, Marks::Read).await
    }

    /// Lists the backups of one collection like [`Self::list_backups`], without the outcomes of their verifications and
    /// without their pins.
    ///
    /// # Errors
    /// [`Error::Storage`] if the repository cannot be listed.
    pub async fn list_committed(&self, collection: &CollectionRef) -> Result<Listing> {
        self.require_readable().await?;
        self.list_in(vec![collection.directory()], Marks::Skip).await
    }

    /// Returns the directories below the root that can be those of collections.
    pub(crate) async fn collection_directories(&self) -> Result<Vec<String>> {
        let mut names = self.storage().subdirectories("").await?;
        names.retain(|name| name != SETS);
        Ok(names)
    }

    async fn list_in(&self, collections: Vec<String>, marks: Marks) -> Result<Listing> {
        let found = futures::stream::iter(collections)
            .map(|collection| async move { self.directories_of(&collection, marks).await })
            .buffered(self.readers())
            .try_concat()
            .await?;
        let mut listing = Listing::default();
        // They are parsed on all processors. Dropping the set ends them.
        let mut readers = JoinSet::new();
        for share in self.shares(found) {
            readers.spawn(self.clone().read_share(share, marks));
        }
        while let Some(read) = readers.join_next().await {
            let Listing { backups, broken } = read.map_err(lost)??;
            listing.backups.extend(backups);
            listing.broken.extend(broken);
        }
        listing.backups.sort_by(|a, b| (b.created_at, &b.backup_id).cmp(&(a.created_at, &a.backup_id)));
        listing.broken.sort_by(|a, b| a.backup_id.cmp(&b.backup_id));
        Ok(listing)
    }

    fn readers(&self) -> usize {
        if self.storage().is_remote() { REMOTE_READERS } else { LOCAL_READERS }
    }

    /// Divides the directories between the readers.
    fn shares(&self, found: Vec<Found>) -> Vec<Vec<Found>> {
        let readers = self.readers().min(found.len());
        let mut shares: Vec<Vec<Found>> = Vec::new();
        shares.resize_with(readers, Vec::new);
        for (number, directory) in found.into_iter().enumerate() {
            shares[number % readers].push(directory);
        }
        shares
    }

    /// Reads the summaries of a share, one after the other.
    async fn read_share(self, share: Vec<Found>, marks: Marks) -> Result<Listing> {
        let mut listing = Listing::default();
        for Found { directory, collection, backup_id, pin } in share {
            match self.read_summary(&directory, &backup_id, marks).await {
                Ok(metadata) => listing.backups.extend(metadata.map(|read| BackupMetadata { pin, ..read })),
                Err(error @ (Error::Corrupted { .. } | Error::UnsupportedFormatVersion { .. })) => {
                    listing.broken.push(BrokenBackup { collection, backup_id, error });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(listing)
    }

    async fn read_summary(&self, directory: &Directory, id: &BackupId, marks: Marks) -> Result<Option<BackupMetadata>> {
        self.storage().refuse_links_to(&format!("{}/{METADATA}", directory.path())).await?;
        let Some((_, mut metadata)) = self.read_commit_document(directory, id).await? else { return Ok(None) };
        if let Marks::Read = marks {
            metadata.set_verifications(read_verifications(directory).await);
        }
        Ok(Some(metadata))
    }

    /// Lists the directories of backups of a collection, perhaps with the pins of these. Another request is made only if
    /// there are pins, which the list of directories tells.
    async fn directories_of(&self, collection: &str, marks: Marks) -> Result<Vec<Found>> {
        let names = self.storage().subdirectories(collection).await?;
        let reads_pins = marks == Marks::Read && names.iter().any(|name| name == PINS);
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
}

/// Whether what is recorded beside the summaries is read as well: the outcomes of verifications, and the pins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marks {
    /// They are read with each summary.
    Read,
    /// They are left out: one read less for each.
    Skip,
}

/// A directory that may be that of a backup.
#[derive(Debug)]
struct Found {
    directory: Directory,
    collection: Option<CollectionRef>,
    backup_id: BackupId,
    pin: Option<Pin>,
}

fn lost(source: JoinError) -> Error {
    Error::Internal { action: "list backups".to_owned(), source: Box::new(source) }
}
