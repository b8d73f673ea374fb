//! Which backup a text means.

use milvus_backup_core::{BackupId, BackupMetadata, BackupRepository, BrokenBackup, CollectionRef, Error, Result};

use crate::context::Context;

/// Shortest prefix of an identifier that is taken as one.
const MIN_PREFIX: usize = 4;

/// A backup that a text means.
#[derive(Debug)]
pub(crate) enum Resolved {
    /// One that can be read.
    Whole(Box<BackupMetadata>),
    /// One whose metadata is damaged.
    Broken(BrokenBackup),
}

impl Resolved {
    /// The metadata, or the error that there is in place of it.
    pub(crate) fn metadata(self) -> Result<BackupMetadata> {
        match self {
            Self::Whole(metadata) => Ok(*metadata),
            Self::Broken(broken) => Err(broken.error),
        }
    }

    fn id(&self) -> &BackupId {
        match self {
            Self::Whole(metadata) => &metadata.backup_id,
            Self::Broken(broken) => &broken.backup_id,
        }
    }
}

/// The collection of a backup that was read.
pub(crate) fn collection_of(metadata: &BackupMetadata) -> Result<CollectionRef> {
    CollectionRef::new(&metadata.database, metadata.collection_name.clone())
}

/// The backup that `text` means: an identifier, a unique prefix of one, a backup name, or `COLLECTION@latest`.
///
/// # Errors
/// [`Error::BackupNotFound`] and [`Error::AmbiguousBackup`].
pub(crate) async fn resolve(context: &Context, repository: &BackupRepository, text: &str) -> Result<Resolved> {
    let not_found = || Error::BackupNotFound { backup: text.to_owned(), path: repository.root().to_owned() };
    if let Some(collection) = text.strip_suffix("@latest") {
        let collection = context.collection(collection)?;
        // A damaged backup counts: to take an older one in its place would be a silent choice.
        let newest = everything(repository, Some(&collection)).await?.into_iter().max_by(|a, b| a.id().cmp(b.id()));
        return newest.ok_or_else(not_found);
    }
    let mut all = everything(repository, None).await?;
    if let Some(index) = all.iter().position(|backup| backup.id().as_str() == text) {
        return Ok(all.swap_remove(index));
    }
    all.retain(|backup| matches(backup, text));
    match all.len() {
        0 => Err(not_found()),
        1 => Ok(all.swap_remove(0)),
        _ => Err(Error::AmbiguousBackup {
            backup: text.to_owned(),
            candidates: all.iter().map(|backup| backup.id().to_string()).collect(),
        }),
    }
}

/// The backup without a commit that `text` means: an identifier, or a unique prefix of one. One that is committed is
/// found, too, and is the manager's to refuse.
///
/// # Errors
/// [`Error::BackupNotFound`] and [`Error::AmbiguousBackup`].
pub(crate) async fn resolve_incomplete(
    context: &Context,
    repository: &BackupRepository,
    text: &str,
) -> Result<(CollectionRef, BackupId)> {
    let incomplete = repository.incomplete_backups().await?;
    let mut all: Vec<_> = incomplete.into_iter().map(|backup| (backup.collection, backup.backup_id)).collect();
    if let Some(index) = all.iter().position(|(_, id)| id.as_str() == text) {
        return Ok(all.swap_remove(index));
    }
    all.retain(|(_, id)| text.len() >= MIN_PREFIX && id.as_str().starts_with(text));
    match all.len() {
        0 => {
            let metadata = resolve(context, repository, text).await?.metadata()?;
            Ok((collection_of(&metadata)?, metadata.backup_id))
        }
        1 => Ok(all.swap_remove(0)),
        _ => Err(Error::AmbiguousBackup {
            backup: text.to_owned(),
            candidates: all.iter().map(|(_, id)| id.to_string()).collect(),
        }),
    }
}

/// All backups, damaged ones included.
async fn everything(repository: &BackupRepository, collection: Option<&CollectionRef>) -> Result<Vec<Resolved>> {
    let listing = repository.list_backups(collection).await?;
    let whole = listing.backups.into_iter().map(|metadata| Resolved::Whole(Box::new(metadata)));
    Ok(whole.chain(listing.broken.into_iter().map(Resolved::Broken)).collect())
}

fn matches(backup: &Resolved, text: &str) -> bool {
    let prefix = text.len() >= MIN_PREFIX && backup.id().as_str().starts_with(text);
    prefix || matches!(backup, Resolved::Whole(metadata) if metadata.backup_name == text)
}
