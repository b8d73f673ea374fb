//! `milvus-br list` prints the backups, newest first.

use milvus_backup_core::{BackupMetadata, BackupType, Result};
use milvus_backup_engine::BackupRepository;

use super::{list_foreign, list_sets};
use crate::args::ListArgs;
use crate::context::Context;
use crate::exit_code;
use crate::output::warning;
use crate::report::Report;
use crate::resolve::{collections_with_backups, list_collection};
use crate::sizes::format_size;
use crate::text::{printable, short_list, table};

/// Number of partitions that the table names before it only counts them.
const PARTITIONS_SHOWN: usize = 2;

/// Number of collections that are suggested if the requested one has no backups.
const COLLECTIONS_SHOWN: usize = 20;

pub(crate) async fn run(context: &Context, args: ListArgs) -> Result<u8> {
    if let Some(root) = &args.foreign {
        return list_foreign::run(context, root).await;
    }
    if args.sets {
        return list_sets::run(context).await;
    }
    let repository = context.repository()?;
    let listing = match &args.collection {
        Some(name) => list_collection(context, &repository, name).await?.1,
        None => repository.list_backups(None).await?,
    };
    let nothing = if listing.backups.is_empty() && !context.output.is_json() {
        nothing(&repository, args.collection.as_deref()).await?
    } else {
        String::new()
    };
    context
        .output
        .result(&listing.backups, || if listing.backups.is_empty() { nothing } else { rows(&listing.backups) });
    warn_of_missing_root(&repository).await?;
    for broken in &listing.broken {
        Report::from(&broken.error).print_text();
    }
    Ok(if listing.broken.is_empty() { exit_code::DONE } else { exit_code::INCOMPLETE })
}

/// Warns if the root does not exist: otherwise a mistyped root looks like an empty repository.
pub(crate) async fn warn_of_missing_root(repository: &BackupRepository) -> Result<()> {
    if !repository.root_exists().await? {
        warning(&format!(
            "the root `{}` does not exist: `milvus-br create COLLECTION` creates it, and --root names another one",
            repository.root()
        ));
    }
    Ok(())
}

/// Returns the text for an empty list, with the collections that have backups.
async fn nothing(repository: &BackupRepository, collection: Option<&str>) -> Result<String> {
    let Some(collection) = collection else { return Ok("no backups".to_owned()) };
    let others = collections_with_backups(&repository.list_backups(None).await?);
    let others = if others.is_empty() {
        String::new()
    } else {
        format!("; there are backups of {}", short_list(&others, COLLECTIONS_SHOWN))
    };
    Ok(format!("no backups of {}{others}", printable(collection)))
}

fn rows(backups: &[BackupMetadata]) -> String {
    let header = ["BACKUP", "COLLECTION", "CREATED (UTC)", "TYPE", "ROWS", "SIZE", "STATE", "NAME"].map(str::to_owned);
    table(&std::iter::once(header).chain(backups.iter().map(row)).collect::<Vec<_>>())
}

fn row(metadata: &BackupMetadata) -> [String; 8] {
    [
        metadata.backup_id.to_string(),
        metadata.collection().map_or_else(|_| String::new(), |collection| collection.to_string()),
        metadata.created_at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        type_of(metadata),
        metadata.row_count.to_string(),
        format_size(metadata.size_bytes),
        state_of(metadata),
        metadata.backup_name.clone(),
    ]
}

/// Returns the state, and whether the backup is pinned.
fn state_of(metadata: &BackupMetadata) -> String {
    let pinned = if metadata.pin.is_some() { ", pinned" } else { "" };
    format!("{}{pinned}", metadata.effective_state())
}

/// Returns `full`, or `part` with a short list of its partitions.
fn type_of(metadata: &BackupMetadata) -> String {
    match metadata.backup_type {
        BackupType::FullCollection => "full".to_owned(),
        _ => format!("part: {}", short_list(&metadata.partition_names, PARTITIONS_SHOWN)),
    }
}
