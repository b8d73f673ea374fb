//! `milvus-br prune --incomplete` cleans up after interrupted operations.

use milvus_backup_core::Result;
use milvus_backup_engine::{Orphan, OrphanKind};
use serde::Serialize;

use crate::confirm::confirm;
use crate::context::Context;
use crate::exit_code;
use crate::report::Report;
use crate::sizes::format_size;
use crate::text::{count, printable};

/// The items that were found, and whether they were removed.
#[derive(Debug, Serialize)]
struct Outcome {
    dry_run: bool,
    #[serde(rename = "leftovers")]
    orphans: Vec<Orphan>,
}

/// Connects to Milvus only if a temporary collection is registered in the repository.
pub(crate) async fn run(context: &Context, dry_run: bool) -> Result<u8> {
    let repository = context.repository()?;
    let backups = repository.prune_incomplete_backups(true).await?;
    // The repository is cleaned up even if Milvus is unavailable.
    let connected = if repository.has_staging_collections().await? { Some(context.connect().await) } else { None };
    let (session, unreachable) = match connected {
        None => (None, None),
        Some(Ok(session)) => (Some(session), None),
        Some(Err(error)) => (None, Some(error)),
    };
    let collections = match &session {
        Some(session) => session.manager.prune_staging_collections(true).await?,
        None => Vec::new(),
    };
    let mut outcome = Outcome { dry_run, orphans: [backups, collections].concat() };
    let to_delete = outcome.orphans.iter().filter(|orphan| orphan.removed).count();
    if !dry_run && to_delete > 0 {
        confirm(context, &format!("{}\nRemove {}?", describe(&outcome), count(to_delete as u64, "item"))).await?;
        outcome.orphans = repository.prune_incomplete_backups(false).await?;
        if let Some(session) = &session {
            outcome.orphans.extend(session.manager.prune_staging_collections(false).await?);
        }
    }
    if let Some(session) = session {
        session.close().await;
    }
    context.output.result(&outcome, || describe(&outcome));
    match unreachable {
        None => Ok(exit_code::DONE),
        Some(error) => {
            Report::from(&error).print_text();
            Ok(exit_code::INCOMPLETE)
        }
    }
}

fn describe(outcome: &Outcome) -> String {
    if outcome.orphans.is_empty() {
        return "nothing to clean up".to_owned();
    }
    let lines: Vec<String> = outcome.orphans.iter().map(line).collect();
    lines.join("\n")
}

fn line(orphan: &Orphan) -> String {
    let Orphan { name, collection_name, reason, .. } = orphan;
    let (name, collection_name, reason) = (printable(name), printable(collection_name), printable(reason));
    let action = if orphan.removed { "remove" } else { "keep  " };
    match orphan.kind {
        OrphanKind::Backup => {
            let size = format_size(orphan.size_bytes);
            format!("{action}  backup {name} of {collection_name}, {size}: {reason}")
        }
        OrphanKind::Protection => {
            format!("{action}  protection {name} of {collection_name} from compaction: {reason}")
        }
        OrphanKind::Lock => format!("{action}  lock of {collection_name}: {reason}"),
        OrphanKind::Probe => format!("{action}  examination of the store {name}: {reason}"),
        _ => format!("{action}  collection {name}, for {collection_name}: {reason}"),
    }
}
