//! `milvus-br delete` deletes single backups and sets.

use milvus_backup_core::{BackupId, BackupSet, CollectionRef, Error, SetId};
use milvus_backup_engine::BackupRepository;
use serde::Serialize;

use crate::args::DeleteArgs;
use crate::command_error::CommandError;
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit_code;
use crate::subject::{Subject, resolve_subject};
use crate::text::{count, printable};

#[derive(Debug, Default, Serialize)]
struct Deleted {
    deleted_backup_ids: Vec<BackupId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deleted_set_ids: Vec<SetId>,
}

/// The backups and sets to delete.
#[derive(Debug, Default)]
struct ToDelete {
    backups: Vec<(CollectionRef, BackupId)>,
    sets: Vec<BackupSet>,
}

/// Resolves all arguments before the first deletion, so that a wrong name or a pinned backup deletes nothing.
pub(crate) async fn run(context: &Context, args: DeleteArgs) -> Result<u8, CommandError> {
    let repository = context.repository()?;
    let to_delete = resolve_all(context, &repository, &args.backups).await?;
    confirm(context, &format!("Delete {}?", to_delete.described())).await?;
    let mut deleted = Deleted::default();
    for set in &to_delete.sets {
        deleted.deleted_backup_ids.extend(repository.delete_set(set).await?);
        deleted.deleted_set_ids.push(set.set_id.clone());
    }
    for (collection, backup_id) in to_delete.backups {
        if deleted.deleted_backup_ids.contains(&backup_id) {
            continue;
        }
        repository.delete_backup(&collection, &backup_id).await?;
        deleted.deleted_backup_ids.push(backup_id);
    }
    context.output.result(&deleted, || {
        let ids = deleted.deleted_backup_ids.iter().map(|id| format!("deleted {id}"));
        let sets = deleted.deleted_set_ids.iter().map(|id| format!("deleted {id}"));
        ids.chain(sets).collect::<Vec<_>>().join("\n")
    });
    Ok(exit_code::DONE)
}

async fn resolve_all(
    context: &Context,
    repository: &BackupRepository,
    texts: &[String],
) -> Result<ToDelete, CommandError> {
    let mut found = ToDelete::default();
    for text in texts {
        match resolve_subject(context, repository, text).await? {
            Subject::Backup(backup) => {
                let backup = backup.unpinned_place()?;
                if !found.backups.contains(&backup) {
                    found.backups.push(backup);
                }
            }
            Subject::Set(set) => {
                require_unpinned(repository, &set).await?;
                if !found.sets.contains(&set) {
                    found.sets.push(set);
                }
            }
        }
    }
    Ok(found)
}

/// Fails if a member of a set is pinned.
async fn require_unpinned(repository: &BackupRepository, set: &BackupSet) -> Result<(), CommandError> {
    for (_, id, metadata) in repository.members_of(set).await? {
        if let Some(pin) = metadata.and_then(|metadata| metadata.pin) {
            return Err(Error::pinned(&id, &pin).into());
        }
    }
    Ok(())
}

impl ToDelete {
    fn described(&self) -> String {
        let backups =
            self.backups.iter().map(|(collection, id)| format!("{id} of {}", printable(&collection.to_string())));
        let sets = self.sets.iter().map(|set| format!("{} with {}", set.set_id, count(set.members.len(), "backup")));
        sets.chain(backups).collect::<Vec<_>>().join(", ")
    }
}
