//! `milvus-br list --sets` prints the sets of backups, newest first.

use milvus_backup_core::{BackupSet, Result};

use super::list::warn_of_missing_root;
use crate::context::Context;
use crate::exit_code;
use crate::report::Report;
use crate::sizes::format_size;
use crate::text::table;

pub(super) async fn run(context: &Context) -> Result<u8> {
    let repository = context.repository()?;
    let listing = repository.list_sets().await?;
    context
        .output
        .result(&listing.sets, || if listing.sets.is_empty() { "no sets".to_owned() } else { rows(&listing.sets) });
    warn_of_missing_root(&repository).await?;
    for (_, error) in &listing.broken {
        Report::from(error).print_text();
    }
    Ok(if listing.broken.is_empty() { exit_code::DONE } else { exit_code::INCOMPLETE })
}

fn rows(sets: &[BackupSet]) -> String {
    let header = ["SET", "CREATED (UTC)", "BACKUPS", "FAILED", "ROWS", "SIZE", "SELECTION", "NAME"].map(str::to_owned);
    table(&std::iter::once(header).chain(sets.iter().map(row)).collect::<Vec<_>>())
}

fn row(set: &BackupSet) -> [String; 8] {
    [
        set.set_id.to_string(),
        set.created_at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        set.members.len().to_string(),
        set.failures.len().to_string(),
        set.row_count().to_string(),
        format_size(set.size_bytes()),
        selection(set),
        set.set_name.clone().unwrap_or_default(),
    ]
}

/// Returns what was selected, and what was excluded from it.
pub(super) fn selection(set: &BackupSet) -> String {
    let excluded =
        if set.excluded.is_empty() { String::new() } else { format!(" without {}", set.excluded.join(", ")) };
    format!("{}{excluded}", set.selection.join(", "))
}
