//! `milvus-br pin` and `milvus-br unpin`: protect backups from deletion, and end that.
//!
//! All arguments are resolved before anything is changed, so that a wrong name changes nothing.

use milvus_backup_core::BackupId;
use serde::Serialize;

use crate::args::{PinArgs, UnpinArgs};
use crate::command_error::CommandError;
use crate::context::Context;
use crate::exit_code;
use crate::subject::places;

#[derive(Debug, Default, Serialize)]
struct Pinned {
    pinned_backup_ids: Vec<BackupId>,
    already_pinned_backup_ids: Vec<BackupId>,
}

#[derive(Debug, Default, Serialize)]
struct Unpinned {
    unpinned_backup_ids: Vec<BackupId>,
    not_pinned_backup_ids: Vec<BackupId>,
}

pub(crate) async fn pin(context: &Context, args: PinArgs) -> Result<u8, CommandError> {
    let repository = context.repository()?;
    let mut outcome = Pinned::default();
    for (collection, id) in places(context, &repository, &args.backups).await? {
        match repository.pin_backup(&collection, &id, args.reason.as_deref()).await? {
            None => outcome.pinned_backup_ids.push(id),
            Some(_) => outcome.already_pinned_backup_ids.push(id),
        }
    }
    context.output.result(&outcome, || {
        lines(&outcome.pinned_backup_ids, "pinned", &outcome.already_pinned_backup_ids, "already pinned")
    });
    Ok(exit_code::DONE)
}

pub(crate) async fn unpin(context: &Context, args: UnpinArgs) -> Result<u8, CommandError> {
    let repository = context.repository()?;
    let mut outcome = Unpinned::default();
    for (collection, id) in places(context, &repository, &args.backups).await? {
        match repository.unpin_backup(&collection, &id).await? {
            Some(_) => outcome.unpinned_backup_ids.push(id),
            None => outcome.not_pinned_backup_ids.push(id),
        }
    }
    context.output.result(&outcome, || {
        lines(&outcome.unpinned_backup_ids, "unpinned", &outcome.not_pinned_backup_ids, "not pinned")
    });
    Ok(exit_code::DONE)
}

fn lines(changed: &[BackupId], word: &str, unchanged: &[BackupId], other: &str) -> String {
    let changed = changed.iter().map(|id| format!("{word} {id}"));
    let unchanged = unchanged.iter().map(|id| format!("{other}: {id}"));
    changed.chain(unchanged).collect::<Vec<_>>().join("\n")
}
