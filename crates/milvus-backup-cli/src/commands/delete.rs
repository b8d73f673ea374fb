//! `milvus-br delete` deletes single backups.

use milvus_backup_core::BackupId;
use serde::Serialize;

use crate::args::DeleteArgs;
use crate::command_error::CommandError;
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit_code;
use crate::resolve::resolve;
use crate::text::printable;

#[derive(Debug, Serialize)]
struct Deleted {
    deleted_backup_ids: Vec<BackupId>,
}

/// Resolves all arguments before the first deletion, so that a wrong name or a pinned backup deletes nothing.
pub(crate) async fn run(context: &Context, args: DeleteArgs) -> Result<u8, CommandError> {
    let repository = context.repository()?;
    let mut to_delete = Vec::new();
    for text in &args.backups {
        let backup = resolve(context, &repository, text).await?.unpinned_place()?;
        if !to_delete.contains(&backup) {
            to_delete.push(backup);
        }
    }
    let names: Vec<String> =
        to_delete.iter().map(|(collection, id)| format!("{id} of {}", printable(&collection.to_string()))).collect();
    confirm(context, &format!("Delete {}?", names.join(", "))).await?;
    let mut deleted = Deleted { deleted_backup_ids: Vec::new() };
    for (collection, backup_id) in to_delete {
        repository.delete_backup(&collection, &backup_id).await?;
        deleted.deleted_backup_ids.push(backup_id);
    }
    context.output.result(&deleted, || {
        let ids = deleted.deleted_backup_ids.iter().map(|id| format!("deleted {id}"));
        ids.collect::<Vec<_>>().join("\n")
    });
    Ok(exit_code::DONE)
}
