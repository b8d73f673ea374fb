//! `milvus-br list --foreign` prints the backups that milvus-backup wrote on its own.

use milvus_backup_core::{ForeignBackup, ForeignBackups, Result};

use crate::context::Context;
use crate::exit_code;
use crate::output::warning;
use crate::sizes::format_size;
use crate::text::{short_list, table};

/// Number of collections that the table names before it only counts them.
const COLLECTIONS_SHOWN: usize = 5;

pub(crate) async fn run(context: &Context, root: &str) -> Result<u8> {
    let backups = context.foreign_backups(root)?.list().await?;
    context.output.result(&backups, || if backups.is_empty() { "no backups".to_owned() } else { rows(&backups) });
    let mut code = exit_code::DONE;
    for backup in &backups {
        if let Some(problem) = &backup.problem {
            warning(&format!("{}: {problem}", backup.name));
            code = exit_code::INCOMPLETE;
        }
    }
    Ok(code)
}

fn rows(backups: &[ForeignBackup]) -> String {
    let mut rows = vec![["NAME", "SIZE", "MILVUS", "COLLECTIONS"].map(str::to_owned)];
    rows.extend(backups.iter().filter(|backup| backup.problem.is_none()).map(|backup| {
        let collections = short_list(&backup.collections, COLLECTIONS_SHOWN);
        [backup.name.clone(), format_size(backup.size_bytes), backup.milvus_version.clone(), collections]
    }));
    table(&rows)
}
