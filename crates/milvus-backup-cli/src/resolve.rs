//! Finds the backup that an argument selects.

use milvus_backup_core::{BackupId, BackupMetadata, CollectionRef, Error, Listing, Result};
use milvus_backup_engine::{BackupRepository, FoundBackup, MIN_PREFIX};

use crate::command_error::CommandError;
use crate::context::Context;
use crate::newest_good::NewestGood;
use crate::output::warning;
use crate::summary::{LATEST, SHOWN, Summary};
use crate::text::short_list;

/// A backup that was selected by an argument.
#[derive(Debug)]
pub(crate) struct Resolved<'a> {
    backup: FoundBackup,
    newest_good: NewestGood<'a>,
}

impl<'a> Resolved<'a> {
    fn new(repository: &'a BackupRepository, backup: FoundBackup) -> Self {
        Self { newest_good: NewestGood::beside(repository, &backup), backup }
    }

    /// Returns the metadata, or the error that there is in place of it.
    pub(crate) async fn metadata(self) -> Result<BackupMetadata, CommandError> {
        match self.backup.metadata() {
            Ok(metadata) => Ok(metadata),
            Err(error) => Err(self.newest_good.explained(error).await),
        }
    }

    /// Returns the collection and the identifier, which are known even if the backup is damaged.
    pub(crate) fn place(self) -> Result<(CollectionRef, BackupId), CommandError> {
        match self.backup {
            FoundBackup::Readable(metadata) => Ok((metadata.collection()?, metadata.backup_id)),
            FoundBackup::Broken(broken) => match broken.collection {
                Some(collection) => Ok((collection, broken.backup_id)),
                None => Err(broken.error.into()),
            },
        }
    }

    /// Returns the collection and the identifier of a backup that is to be deleted.
    ///
    /// # Errors
    /// [`Error::Refused`] if it is known to be pinned. The pin of a damaged backup is found when it is deleted.
    pub(crate) fn unpinned_place(self) -> Result<(CollectionRef, BackupId), CommandError> {
        let FoundBackup::Readable(metadata) = &self.backup else { return self.place() };
        match &metadata.pin {
            Some(pin) => Err(Error::pinned(&metadata.backup_id, pin).into()),
            None => self.place(),
        }
    }

    /// Returns what an error about this backup names beside it.
    pub(crate) fn newest_good(&self) -> NewestGood<'a> {
        self.newest_good.clone()
    }
}

/// Finds the backup that `text` selects: an identifier, a unique prefix of one, a backup name, or `COLLECTION@latest`.
///
/// # Errors
/// [`Error::BackupNotFound`] and [`Error::AmbiguousBackup`].
pub(crate) async fn resolve<'a>(
    context: &Context,
    repository: &'a BackupRepository,
    text: &str,
) -> Result<Resolved<'a>, CommandError> {
    if let Some(collection) = text.strip_suffix(LATEST) {
        return resolve_latest(context, repository, collection).await;
    }
    if let Ok(id) = text.parse::<BackupId>()
        && let Some(found) = repository.find_backup(&id).await?
    {
        return Ok(Resolved::new(repository, found));
    }
    let listing = repository.list_backups(None).await?;
    let summary = Summary::of(&listing);
    let Some(found) = FoundBackup::select(listing, text)? else {
        return Err(not_found(context, repository, text, text, &summary).await);
    };
    Ok(Resolved::new(repository, found))
}

/// Finds the newest complete full backup of a collection. A damaged one is not skipped: an older backup is never selected
/// silently.
async fn resolve_latest<'a>(
    context: &Context,
    repository: &'a BackupRepository,
    name: &str,
) -> Result<Resolved<'a>, CommandError> {
    let text = format!("{name}{LATEST}");
    if name.is_empty() {
        let limit = format!("the name of a collection before `{LATEST}`");
        return Err(Error::InvalidParameter { field: "backup".to_owned(), value: text, limit }.into());
    }
    let (collection, listing) = list_collection(context, repository, name).await?;
    let summary = Summary::of(&listing);
    let latest = summary.latest(&collection);
    let Some(id) = latest.backup_id else {
        return Err(not_found(context, repository, &text, name, &summary).await);
    };
    if !latest.passed_over.is_empty() {
        let newer: Vec<String> = latest.passed_over.iter().map(|id| summary.described(id)).collect();
        warning(&format!(
            "{text} selects {id}; newer backups are not complete full backups: {}",
            short_list(&newer, SHOWN)
        ));
    }
    let found = FoundBackup::all(listing).into_iter().find(|backup| *backup.id() == id);
    match found {
        Some(backup) => Ok(Resolved::new(repository, backup)),
        None => Err(not_found(context, repository, &text, name, &summary).await),
    }
}

/// Lists the backups of the collection that was requested, see [`Context::collections`].
pub(crate) async fn list_collection(
    context: &Context,
    repository: &BackupRepository,
    name: &str,
) -> Result<(CollectionRef, Listing)> {
    let (collection, other) = context.collections(name)?;
    let listing = repository.list_backups(Some(&collection)).await?;
    if let Some(other) = other.filter(|_| listing.backups.is_empty() && listing.broken.is_empty()) {
        let of_other = repository.list_backups(Some(&other)).await?;
        if !of_other.backups.is_empty() || !of_other.broken.is_empty() {
            return Ok((other, of_other));
        }
    }
    Ok((collection, listing))
}

/// Returns the names of all collections that have backups.
pub(crate) fn collections_with_backups(listing: &Listing) -> Vec<String> {
    let readable = listing.backups.iter().filter_map(|metadata| metadata.collection().ok());
    let broken = listing.broken.iter().filter_map(|broken| broken.collection.clone());
    let mut all: Vec<CollectionRef> = readable.chain(broken).collect();
    all.sort();
    all.dedup();
    all.iter().map(ToString::to_string).collect()
}

/// Returns the error for a backup that does not exist, with a suggestion. `collection` is the part of `text` that may be
/// a collection.
async fn not_found(
    context: &Context,
    repository: &BackupRepository,
    text: &str,
    collection: &str,
    summary: &Summary,
) -> CommandError {
    let root = repository.root().to_owned();
    let hint = match repository.root_exists().await {
        Ok(false) => Some(format!("the root `{root}` does not exist")),
        _ => context.collections(collection).ok().and_then(|(first, second)| {
            [Some(first), second].into_iter().flatten().find_map(|collection| summary.hint(&collection, text))
        }),
    };
    CommandError::new(Error::BackupNotFound { backup: text.to_owned(), path: root }, hint)
}

/// Finds the incomplete backup that `text` selects: an identifier, or a unique prefix of one. A committed backup is found
/// as well; the manager rejects it.
///
/// # Errors
/// [`Error::BackupNotFound`] and [`Error::AmbiguousBackup`].
pub(crate) async fn resolve_incomplete(
    context: &Context,
    repository: &BackupRepository,
    text: &str,
) -> Result<(CollectionRef, BackupId), CommandError> {
    let incomplete = repository.incomplete_backups().await?;
    let mut all: Vec<_> = incomplete.into_iter().map(|backup| (backup.collection, backup.backup_id)).collect();
    if let Some(index) = all.iter().position(|(_, id)| id.as_str() == text) {
        return Ok(all.swap_remove(index));
    }
    all.retain(|(_, id)| text.len() >= MIN_PREFIX && id.as_str().starts_with(text));
    match all.len() {
        0 => {
            let metadata = resolve(context, repository, text).await?.metadata().await?;
            Ok((metadata.collection()?, metadata.backup_id))
        }
        1 => Ok(all.swap_remove(0)),
        _ => Err(Error::AmbiguousBackup {
            backup: text.to_owned(),
            candidates: all.iter().map(|(_, id)| id.to_string()).collect(),
        }
        .into()),
    }
}
