//! Sets of backups: their records, and what is still there of them.

use futures::{StreamExt, TryStreamExt};
use milvus_backup_core::{BackupId, BackupMetadata, BackupSet, CollectionRef, Error, Result, SetId, SetListing};

use crate::BackupRepository;

/// Number of members that are read concurrently.
const READERS: usize = 8;

impl BackupRepository {
    /// Lists the records of all sets, newest first, and those that cannot be read.
    pub async fn list_sets(&self) -> Result<SetListing> {
        self.bounded(self.store.list_sets()).await
    }

    /// Reads the record of a set.
    ///
    /// # Errors
    /// [`Error::BackupNotFound`], [`Error::Corrupted`], [`Error::UnsupportedFormatVersion`].
    pub async fn get_set(&self, set_id: &SetId) -> Result<BackupSet> {
        self.bounded(self.store.read_set(set_id)).await
    }

    /// Returns the members of a set that are still there, in the order of the set. The metadata is missing from those that
    /// are damaged.
    pub async fn members_of(
        &self,
        set: &BackupSet,
    ) -> Result<Vec<(CollectionRef, BackupId, Option<Box<BackupMetadata>>)>> {
        let members = set.members.iter().map(|member| Ok((member.collection()?, member.backup_id.clone())));
        let members = members.collect::<Result<Vec<_>>>()?;
        let read = futures::stream::iter(members)
            .map(|(collection, id)| async move {
                match self.store.summary(&collection, &id).await {
                    Ok(metadata) => Ok(Some((collection, id, Some(Box::new(metadata))))),
                    Err(Error::BackupNotFound { .. }) => Ok(None),
                    Err(Error::Corrupted { .. } | Error::UnsupportedFormatVersion { .. }) => {
                        Ok(Some((collection, id, None)))
                    }
                    Err(error) => Err(error),
                }
            })
            .buffered(READERS)
            .try_filter_map(|found| async move { Ok(found) });
        self.bounded(read.try_collect()).await
    }

    /// Deletes the members of a set that are still there, and then its record, without confirmation. Returns the members
    /// that were deleted. If it ends early, the record remains, and a repetition deletes the rest.
    ///
    /// # Errors
    /// [`Error::Refused`] before anything is deleted if a member is pinned, and the errors of [`Self::delete_backup`].
    pub async fn delete_set(&self, set: &BackupSet) -> Result<Vec<BackupId>> {
        let members = self.members_of(set).await?;
        for (_, id, metadata) in &members {
            if let Some(pin) = metadata.as_ref().and_then(|metadata| metadata.pin.as_ref()) {
                return Err(Error::pinned(id, pin));
            }
        }
        let mut deleted = Vec::new();
        for (collection, id, _) in members {
            match self.delete_backup(&collection, &id).await {
                Ok(()) => deleted.push(id),
                // Another process deleted it meanwhile.
                Err(Error::BackupNotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        self.bounded(self.store.forget_set(&set.set_id)).await?;
        Ok(deleted)
    }

    /// Removes the records of sets that lost a member just now and have none left.
    ///
    /// `deleted` are the members that were deleted, and `remains` tells of a backup whether it is still there.
    pub(crate) async fn forget_empty_sets(
        &self,
        deleted: &[BackupId],
        remains: impl Fn(&BackupId) -> bool + Send + Sync,
    ) -> Result<()> {
        let is_empty = |set: &&BackupSet| {
            let ids = || set.members.iter().map(|member| &member.backup_id);
            ids().any(|id| deleted.contains(id)) && !ids().any(&remains)
        };
        for set in self.list_sets().await?.sets.iter().filter(is_empty) {
            self.bounded(self.store.forget_set(&set.set_id)).await?;
        }
        Ok(())
    }
}
