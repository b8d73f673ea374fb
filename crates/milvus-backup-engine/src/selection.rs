//! Selects a backup by a complete identifier, a unique prefix of one, or a backup name.

use milvus_backup_core::{
    BackupId, BackupMetadata, BackupVersion, BrokenBackup, CollectionRef, Error, Listing, Result, latest_full_backup,
};

use crate::BackupRepository;

/// Minimum length of a prefix of an identifier.
pub const MIN_PREFIX: usize = 4;

/// A committed backup that was selected.
#[derive(Debug)]
pub enum FoundBackup {
    /// A backup whose summary can be read.
    Readable(Box<BackupMetadata>),
    /// A backup whose summary is damaged.
    Broken(BrokenBackup),
}

impl FoundBackup {
    /// Returns the identifier of the backup.
    pub fn id(&self) -> &BackupId {
        match self {
            Self::Readable(metadata) => &metadata.backup_id,
            Self::Broken(broken) => &broken.backup_id,
        }
    }

    /// Returns the collection of the backup, if it is known.
    pub fn collection(&self) -> Option<CollectionRef> {
        match self {
            Self::Readable(metadata) => metadata.collection().ok(),
            Self::Broken(broken) => broken.collection.clone(),
        }
    }

    /// Returns the summary, or the error that occurred when reading it.
    ///
    /// # Errors
    /// [`Error::Corrupted`], and other errors of reading a summary.
    pub fn metadata(self) -> Result<BackupMetadata> {
        match self {
            Self::Readable(metadata) => Ok(*metadata),
            Self::Broken(broken) => Err(broken.error),
        }
    }

    /// Returns all backups of a listing, the damaged ones included.
    pub fn all(listing: Listing) -> Vec<Self> {
        let readable = listing.backups.into_iter().map(|metadata| Self::Readable(Box::new(metadata)));
        readable.chain(listing.broken.into_iter().map(Self::Broken)).collect()
    }

    /// Selects the backup that `text` identifies from a listing; `None` if there is none.
    ///
    /// # Errors
    /// [`Error::AmbiguousBackup`].
    pub fn select(listing: Listing, text: &str) -> Result<Option<Self>> {
        let mut all = Self::all(listing);
        if let Some(exact) = all.iter().position(|backup| backup.id().as_str() == text) {
            return Ok(Some(all.swap_remove(exact)));
        }
        all.retain(|backup| backup.is_meant_by(text));
        if all.len() > 1 {
            let candidates = all.iter().map(|backup| backup.id().to_string()).collect();
            return Err(Error::AmbiguousBackup { backup: text.to_owned(), candidates });
        }
        Ok(all.pop())
    }

    fn is_meant_by(&self, text: &str) -> bool {
        let prefix = text.len() >= MIN_PREFIX && self.id().as_str().starts_with(text);
        prefix || matches!(self, Self::Readable(metadata) if metadata.backup_name == text)
    }
}

impl BackupRepository {
    /// Finds the backup with a complete identifier, of which only the summary is read. `None` if no collection has it, or,
    /// after directories were copied, more than one.
    pub async fn find_backup(&self, id: &BackupId) -> Result<Option<FoundBackup>> {
        let mut collections = self.bounded(self.store.find(id)).await?;
        let (Some(collection), None) = (collections.pop(), collections.pop()) else { return Ok(None) };
        match self.bounded(self.store.summary(&collection, id)).await {
            Ok(metadata) => Ok(Some(FoundBackup::Readable(Box::new(metadata)))),
            Err(Error::BackupNotFound { .. }) => Ok(None),
            Err(error @ (Error::Corrupted { .. } | Error::UnsupportedFormatVersion { .. })) => {
                let broken = BrokenBackup { collection: Some(collection), backup_id: id.clone(), error };
                Ok(Some(FoundBackup::Broken(broken)))
            }
            Err(error) => Err(error),
        }
    }

    /// Finds the backup that `text` identifies: a complete identifier, a unique prefix of one, or a backup name.
    ///
    /// ```
    /// use milvus_backup_core::{BackupMetadata, Result};
    /// use milvus_backup_engine::BackupRepository;
    ///
    /// async fn named(repository: &BackupRepository) -> Result<BackupMetadata> {
    ///     repository.resolve_backup("before the move").await?.metadata()
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::BackupNotFound`] and [`Error::AmbiguousBackup`].
    pub async fn resolve_backup(&self, text: &str) -> Result<FoundBackup> {
        if let Ok(id) = text.parse::<BackupId>()
            && let Some(found) = self.find_backup(&id).await?
        {
            return Ok(found);
        }
        let listing = self.list_backups(None).await?;
        FoundBackup::select(listing, text)?.ok_or_else(|| self.not_found(text.to_owned()))
    }

    /// Finds the newest complete full backup of a collection. A damaged one is not skipped: an older backup is never selected
    /// silently.
    ///
    /// ```
    /// use milvus_backup_core::{BackupMetadata, CollectionRef, Result};
    /// use milvus_backup_engine::BackupRepository;
    ///
    /// async fn newest(repository: &BackupRepository) -> Result<BackupMetadata> {
    ///     let films = CollectionRef::new("default", "films".parse()?)?;
    ///     repository.latest_backup(&films).await?.metadata()
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::BackupNotFound`].
    pub async fn latest_backup(&self, collection: &CollectionRef) -> Result<FoundBackup> {
        let listing = self.list_backups(Some(collection)).await?;
        let versions: Vec<BackupVersion> = listing.backups.iter().map(BackupVersion::from).collect();
        let unreadable: Vec<BackupId> = listing.broken.iter().map(|broken| broken.backup_id.clone()).collect();
        let latest = latest_full_backup(&versions, &unreadable).backup_id;
        let found = FoundBackup::all(listing).into_iter().find(|backup| Some(backup.id()) == latest.as_ref());
        found.ok_or_else(|| self.not_found(format!("the latest one of `{collection}`")))
    }

    fn not_found(&self, backup: String) -> Error {
        Error::BackupNotFound { backup, path: self.root().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(id: &str) -> BrokenBackup {
        let error = Error::Protocol { message: "damaged".to_owned() };
        BrokenBackup { collection: None, backup_id: id.parse().unwrap(), error }
    }

    fn selected(text: &str) -> Result<Option<String>> {
        let ids = ["20261122T073015Z-4f9c2a7e", "20261122T073015Z-5f9c2a7e", "20270101T000000Z-00000000"];
        let listing = Listing { backups: Vec::new(), broken: ids.map(broken).into() };
        Ok(FoundBackup::select(listing, text)?.map(|found| found.id().to_string()))
    }

    #[test]
    fn identifiers_and_unique_prefixes_are_found() {
        let complete = "20261122T073015Z-5f9c2a7e";
        assert_eq!(selected(complete).unwrap().as_deref(), Some(complete));
        assert_eq!(selected("2027").unwrap().as_deref(), Some("20270101T000000Z-00000000"));
        assert_eq!(selected("202").unwrap(), None);
        assert_eq!(selected("20280101T000000Z-00000000").unwrap(), None);
        let Err(Error::AmbiguousBackup { candidates, .. }) = selected("20261122") else { panic!("ambiguous") };
        assert_eq!(candidates.len(), 2);
    }
}
