//! What an argument selects: a backup, or a set of backups.

use milvus_backup_core::{BackupId, BackupSet, CollectionRef, Error, ErrorKind, Result, SetId};
use milvus_backup_engine::BackupRepository;

use crate::command_error::CommandError;
use crate::context::Context;
use crate::resolve::{Resolved, resolve};

/// A backup or a set that was selected by an argument.
#[derive(Debug)]
pub(crate) enum Subject<'a> {
    Backup(Resolved<'a>),
    Set(BackupSet),
}

/// Finds the backup or the set that `text` selects: a set by its identifier or a unique prefix of it, a backup as
/// [`resolve`] does, or else a set by its name.
///
/// # Errors
/// [`Error::BackupNotFound`] and [`Error::AmbiguousBackup`].
pub(crate) async fn resolve_subject<'a>(
    context: &Context,
    repository: &'a BackupRepository,
    text: &str,
) -> Result<Subject<'a>, CommandError> {
    if let Some(set) = set_by_identifier(repository, text).await? {
        return Ok(Subject::Set(set));
    }
    let error = match resolve(context, repository, text).await {
        Ok(backup) => return Ok(Subject::Backup(backup)),
        Err(error) => error,
    };
    let may_be_a_set = error.kind() == ErrorKind::NotFound || matches!(error.error(), Error::AmbiguousBackup { .. });
    let set = if may_be_a_set { set_by_name(repository, text).await? } else { None };
    set.map(Subject::Set).ok_or(error)
}

/// Returns the backups that arguments select; of a set, those that are still there. Each of them occurs once.
pub(crate) async fn places(
    context: &Context,
    repository: &BackupRepository,
    texts: &[String],
) -> Result<Vec<(CollectionRef, BackupId)>, CommandError> {
    let mut places = Vec::new();
    for text in texts {
        let found = match resolve_subject(context, repository, text).await? {
            Subject::Backup(backup) => vec![backup.place()?],
            Subject::Set(set) => {
                let members = repository.members_of(&set).await?;
                members.into_iter().map(|(collection, id, _)| (collection, id)).collect()
            }
        };
        for place in found {
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    Ok(places)
}

async fn set_by_identifier(repository: &BackupRepository, text: &str) -> Result<Option<BackupSet>> {
    if !SetId::is_prefix(text) {
        return Ok(None);
    }
    if let Ok(id) = text.parse::<SetId>() {
        return repository.get_set(&id).await.map(Some);
    }
    let listing = repository.list_sets().await?;
    one(text, listing.sets.into_iter().filter(|set| set.set_id.to_string().starts_with(text)).collect())
}

async fn set_by_name(repository: &BackupRepository, text: &str) -> Result<Option<BackupSet>> {
    let listing = repository.list_sets().await?;
    one(text, listing.sets.into_iter().filter(|set| set.set_name.as_deref() == Some(text)).collect())
}

fn one(text: &str, mut found: Vec<BackupSet>) -> Result<Option<BackupSet>> {
    if found.len() <= 1 {
        return Ok(found.pop());
    }
    let candidates = found.iter().map(|set| set.set_id.to_string()).collect();
    Err(Error::AmbiguousBackup { backup: text.to_owned(), candidates })
}
