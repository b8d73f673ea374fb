//! `milvus-br show`

use std::collections::BTreeSet;
use std::fmt::Write;

use milvus_backup_core::{BackupMetadata, Result, VerificationRecord};

use crate::args::ShowArgs;
use crate::context::Context;
use crate::exit_code;
use crate::resolve::{collection_of, resolve};
use crate::sizes::format_size;

pub(crate) async fn run(context: &Context, args: ShowArgs) -> Result<u8> {
    let metadata = resolve(context, &context.repository()?, &args.backup).await?.metadata()?;
    let collection = collection_of(&metadata)?.to_string();
    context.output.result(&metadata, || describe(&metadata, &collection));
    Ok(exit_code::DONE)
}

/// The columns that were left as they are, in some file at least.
fn but_for(metadata: &BackupMetadata) -> String {
    let chunks = metadata.partitions.iter().flat_map(|partition| &partition.chunks);
    let columns: BTreeSet<&str> = chunks.flat_map(|chunk| &chunk.uncompressed_columns).map(String::as_str).collect();
    if columns.is_empty() {
        return String::new();
    }
    format!(", but for {}", columns.into_iter().collect::<Vec<_>>().join(", "))
}

fn outcome(record: &VerificationRecord) -> String {
    let outcome = if record.success { "passed" } else { "FAILED" };
    format!("{outcome}, {}, {}", record.verification_type, record.verified_at)
}

fn describe(metadata: &BackupMetadata, collection: &str) -> String {
    let verifications: Vec<String> =
        metadata.verification.iter().chain(&metadata.earlier_verifications).map(outcome).collect();
    let verified = if verifications.is_empty() { "never".to_owned() } else { verifications.join("; ") };
    let ratio = metadata.compression_ratio().map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.3}"));
    let read_at = metadata.read_timestamp.as_deref().unwrap_or("-");
    let mut text = String::new();
    for (label, value) in [
        ("backup", metadata.backup_id.to_string()),
        ("name", metadata.backup_name.clone()),
        ("collection", collection.to_owned()),
        ("created", metadata.created_at.to_string()),
        ("type", metadata.backup_type.to_string()),
        ("state", metadata.effective_state().to_string()),
        ("rows", metadata.row_count.to_string()),
        ("size", format_size(metadata.size_bytes)),
        (
            "compression",
            format!(
                "{} (level {}){}, ratio {ratio}",
                metadata.compression_codec,
                metadata.compression_level,
                but_for(metadata)
            ),
        ),
        ("consistency", format!("{} (read point {read_at})", metadata.consistency)),
        ("verified", verified),
        ("checksums", metadata.checksum_algorithm.to_string()),
        ("Milvus", metadata.milvus_version.clone()),
        ("tags", metadata.tags.join(", ")),
        ("path", metadata.storage_path.clone()),
    ] {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{label:<12} {value}");
    }
    for partition in &metadata.partitions {
        let bytes = partition.chunks.iter().map(|chunk| chunk.size_bytes).sum();
        let (name, rows, files) = (&partition.name, partition.row_count, partition.chunks.len());
        let _ = writeln!(text, "partition    {name}: {rows} rows, {files} files, {}", format_size(bytes));
    }
    for limitation in &metadata.limitations {
        let _ = writeln!(text, "limitation   {limitation}");
    }
    text
}
