//! `milvus-br list`

use milvus_backup_core::{BackupMetadata, Result};

use crate::args::ListArgs;
use crate::context::Context;
use crate::exit_code;
use crate::report::Report;
use crate::resolve::collection_of;
use crate::sizes::format_size;

pub(crate) async fn run(context: &Context, args: ListArgs) -> Result<u8> {
    let collection = args.collection.as_deref().map(|name| context.collection(name)).transpose()?;
    let listing = context.repository()?.list_backups(collection.as_ref()).await?;
    context.output.result(&listing.backups, || table(&listing.backups));
    for broken in &listing.broken {
        Report::from(&broken.error).print_text();
    }
    Ok(if listing.broken.is_empty() { exit_code::DONE } else { exit_code::INCOMPLETE })
}

fn table(backups: &[BackupMetadata]) -> String {
    if backups.is_empty() {
        return "no backups".to_owned();
    }
    let header = ["BACKUP", "COLLECTION", "CREATED (UTC)", "ROWS", "SIZE", "STATE", "NAME"].map(str::to_owned);
    let rows: Vec<[String; 7]> = std::iter::once(header).chain(backups.iter().map(row)).collect();
    let widths: Vec<usize> = (0..7).map(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0)).collect();
    let line = |row: &[String; 7]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn row(metadata: &BackupMetadata) -> [String; 7] {
    [
        metadata.backup_id.to_string(),
        collection_of(metadata).map_or_else(|_| String::new(), |collection| collection.to_string()),
        metadata.created_at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        metadata.row_count.to_string(),
        format_size(metadata.size_bytes),
        metadata.effective_state().to_string(),
        metadata.backup_name.clone(),
    ]
}
