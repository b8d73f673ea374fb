//! The records of sets of backups, one document each.
//!
//! Must always hold: a record is created once and never changed. It is written after its members are committed, and
//! protects none of them.

use async_trait::async_trait;
use futures::StreamExt;
use milvus_backup_core::{BackupSet, Error, Result, SetId, SetListing, SetRecords};
use milvus_backup_storage::error::is_conflict;

use crate::documents::{set_from_bytes, set_to_bytes};
use crate::handle::{RepositoryHandle, read_document};
use crate::layout::{SETS, document_limit, set_file};

/// Number of records that are read concurrently.
const READERS: usize = 8;

#[async_trait]
impl SetRecords for RepositoryHandle {
    async fn commit_set(&self, set: &BackupSet) -> Result<()> {
        self.require_writable().await?;
        self.storage().refuse_links(SETS).await?;
        let (file, bytes) = (set_file(&set.set_id), set_to_bytes(set)?);
        let (size, limit) = (bytes.len() as u64, document_limit(&file));
        if size > limit {
            return Err(Error::Refused {
                reason: format!("{file}: {size} bytes exceed the limit of {limit}"),
                hint: "back up fewer collections at once".into(),
            });
        }
        match self.root().create_document(&file, bytes).await {
            Err(error) if is_conflict(&error) => Err(Error::Refused {
                reason: format!("another set has the identifier {}", set.set_id),
                hint: "repeat the operation, which draws another identifier".into(),
            }),
            outcome => outcome.map(drop),
        }
    }

    async fn list_sets(&self) -> Result<SetListing> {
        self.require_readable().await?;
        self.storage().refuse_links(SETS).await?;
        let files = self.storage().directory(SETS).list().await?;
        let ids = files.iter().filter_map(|(file, _)| file.strip_suffix(".json")?.parse::<SetId>().ok());
        let mut listing = SetListing::default();
        let mut reads = futures::stream::iter(ids.collect::<Vec<_>>())
            .map(|id| async move { (self.read_record(&id).await, id) })
            .buffer_unordered(READERS);
        while let Some((read, id)) = reads.next().await {
            match read {
                Ok(set) => listing.sets.extend(set),
                Err(error @ (Error::Corrupted { .. } | Error::UnsupportedFormatVersion { .. })) => {
                    listing.broken.push((id, error));
                }
                Err(error) => return Err(error),
            }
        }
        drop(reads);
        listing.sets.sort_by(|a, b| (b.created_at, &b.set_id).cmp(&(a.created_at, &a.set_id)));
        listing.broken.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(listing)
    }

    async fn read_set(&self, set_id: &SetId) -> Result<BackupSet> {
        self.require_readable().await?;
        self.storage().refuse_links(SETS).await?;
        let location = || self.storage().location().to_owned();
        let missing = || Error::BackupNotFound { backup: set_id.to_string(), path: location() };
        self.read_record(set_id).await?.ok_or_else(missing)
    }

    async fn forget_set(&self, set_id: &SetId) -> Result<()> {
        self.require_writable().await?;
        self.storage().refuse_links(SETS).await?;
        self.root().delete([set_file(set_id)]).await?;
        self.storage().remove_empty(SETS);
        Ok(())
    }
}

impl RepositoryHandle {
    /// Reads the record of a set; `None` if there is none.
    async fn read_record(&self, set_id: &SetId) -> Result<Option<BackupSet>> {
        let Some(bytes) = read_document(&self.root(), &set_file(set_id)).await? else { return Ok(None) };
        set_from_bytes(set_id, &bytes).map(Some)
    }
}
