//! Pins: marks that protect backups from deletion. They lie beside the backups, whose files never change.
//!
//! Must always hold: a backup whose pin was reported is not deleted. A deletion holds the lease of the collection and
//! looks for a pin before it removes anything; a pin is written first, and then withdrawn if such a lease is found, or no
//! backup any more. So at least one of the two sees the other.

use std::collections::HashMap;

use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use milvus_backup_core::{BackupId, CollectionRef, Error, Pin, Result};
use milvus_backup_storage::Directory;
use milvus_backup_storage::error::is_conflict;

use crate::documents::{PinDocument, from_bytes, to_bytes};
use crate::handle::{RepositoryHandle, read_document};
use crate::layout::{METADATA, PINS, pin_file, pinned_backup};

/// Number of pins that are read concurrently.
const READERS: usize = 8;

impl RepositoryHandle {
    /// Pins a backup. Returns the pin that it has already, which then stays as it is.
    ///
    /// # Errors
    /// [`Error::BackupNotFound`], [`Error::InProgress`] while backups of the collection are deleted, [`Error::Storage`],
    /// and [`Error::Corrupted`] with the path of a symbolic link.
    pub async fn pin(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        pin: &Pin,
        now: Timestamp,
    ) -> Result<Option<Pin>> {
        self.require_writable().await?;
        let backup = self.backup(collection, backup_id);
        self.storage().refuse_links(backup.path()).await?;
        self.require_backup(&backup, backup_id).await?;
        let (directory, file) = (self.pins(collection).await?, pin_file(backup_id));
        match directory.create_document(&file, to_bytes(&PinDocument::new(pin))?).await {
            Err(error) if is_conflict(&error) => return read_pin(&directory, &file).await,
            outcome => drop(outcome?),
        }
        let undisturbed = async {
            self.require_no_deletion(collection, now).await?;
            self.require_backup(&backup, backup_id).await
        };
        if let Err(error) = undisturbed.await {
            self.remove_pin(&directory, file).await?;
            return Err(error);
        }
        Ok(None)
    }

    /// Removes the pin of a backup, and returns it; `None` if the backup is not pinned.
    ///
    /// # Errors
    /// [`Error::Storage`], and [`Error::Corrupted`] with the path of a symbolic link.
    pub async fn unpin(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<Option<Pin>> {
        self.require_writable().await?;
        let (directory, file) = (self.pins(collection).await?, pin_file(backup_id));
        let pin = read_pin(&directory, &file).await?;
        if pin.is_some() {
            self.remove_pin(&directory, file).await?;
        }
        Ok(pin)
    }

    /// Reads the pin of a backup; `None` if it is not pinned.
    pub(crate) async fn pin_of(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<Option<Pin>> {
        read_pin(&self.pins(collection).await?, &pin_file(backup_id)).await
    }

    /// Checks that a backup is not pinned.
    ///
    /// # Errors
    /// [`Error::Refused`] if it is.
    pub(crate) async fn require_unpinned(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        self.pin_of(collection, backup_id).await?.map_or(Ok(()), |pin| Err(Error::pinned(backup_id, &pin)))
    }

    /// Reads the pins of a collection, of which there are some.
    pub(crate) async fn read_pins(&self, collection_directory: &str) -> Result<HashMap<BackupId, Pin>> {
        let directory = self.storage().directory(collection_directory);
        self.storage().refuse_links(&format!("{collection_directory}/{PINS}")).await?;
        let files = self.storage().directory(format!("{collection_directory}/{PINS}")).list().await?;
        let backups: Vec<BackupId> = files.iter().filter_map(|(file, _)| pinned_backup(file)).collect();
        futures::stream::iter(backups)
            .map(|id| {
                let directory = directory.clone();
                async move { Ok(read_pin(&directory, &pin_file(&id)).await?.map(|pin| (id, pin))) }
            })
            .buffer_unordered(READERS)
            .try_filter_map(|found| async move { Ok(found) })
            .try_collect()
            .await
    }

    /// Returns the directory relative to which the files of pins are named.
    async fn pins(&self, collection: &CollectionRef) -> Result<Directory> {
        self.storage().refuse_links(&format!("{}/{PINS}", collection.directory())).await?;
        Ok(self.storage().directory(collection.directory()))
    }

    async fn remove_pin(&self, directory: &Directory, file: String) -> Result<()> {
        directory.delete([file]).await?;
        self.storage().remove_empty(&format!("{}/{PINS}", directory.path()));
        Ok(())
    }

    async fn require_backup(&self, directory: &Directory, backup_id: &BackupId) -> Result<()> {
        directory.size(METADATA).await?.map(drop).ok_or_else(|| self.not_found(backup_id))
    }
}

/// Reads a pin. One that cannot be read protects its backup like any other.
async fn read_pin(directory: &Directory, file: &str) -> Result<Option<Pin>> {
    match read_document(directory, file).await {
        Ok(None) => Ok(None),
        Ok(Some(bytes)) => {
            let document = from_bytes::<PinDocument>(directory.path(), file, &bytes);
            Ok(Some(document.map_or_else(|_| Pin::default(), PinDocument::into_pin)))
        }
        Err(Error::Corrupted { .. }) => Ok(Some(Pin::default())),
        Err(error) => Err(error),
    }
}
