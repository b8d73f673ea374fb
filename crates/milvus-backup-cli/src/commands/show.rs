//! `milvus-br show` prints the details of a backup.

use std::collections::BTreeSet;
use std::fmt::Write;

use milvus_backup_core::schema::{CollectionSchema, FieldSchema, IndexDefinition};
use milvus_backup_core::{
    BackedUpDefinition, BackupManifest, BackupMetadata, BackupType, BackupVersion, PartitionMetadata, PayloadKind,
    StoredBackup, VerificationRecord,
};
use serde::Serialize;

use crate::args::ShowArgs;
use crate::command_error::CommandError;
use crate::context::Context;
use crate::exit_code;
use crate::output::warning;
use crate::sizes::format_size;
use crate::subject::{Subject, resolve_subject};
use crate::text::{count, printable};

/// Labels and values, one pair per line.
type Lines = Vec<(&'static str, String)>;

/// A backup as one document: the members of its summary and those of its manifest.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    metadata: &'a BackupMetadata,
    kind: PayloadKind,
    partitions: &'a [PartitionMetadata],
}

impl<'a> Document<'a> {
    fn of(backup: &'a StoredBackup) -> Self {
        let StoredBackup { metadata, manifest } = backup;
        Self { metadata, kind: manifest.kind, partitions: &manifest.partitions }
    }
}

/// Reads the definition of the collection only for human-readable output. If it is damaged, the backup is shown without it.
pub(crate) async fn run(context: &Context, args: ShowArgs) -> Result<u8, CommandError> {
    let repository = context.repository()?;
    let resolved = match resolve_subject(context, &repository, &args.backup).await? {
        Subject::Backup(resolved) => resolved,
        Subject::Set(set) => return Ok(super::show_set::run(context, &repository, &set).await?),
    };
    let newest_good = resolved.newest_good();
    let summary = resolved.metadata().await?;
    let backup = match repository.get_backup(&summary.collection()?, &summary.backup_id).await {
        Ok(backup) => backup,
        Err(error) => return Err(newest_good.explained(error).await),
    };
    let definition = if context.output.is_json() {
        None
    } else {
        match repository.definition(&backup.metadata).await {
            Ok(definition) => Some(definition),
            Err(error) => {
                let error = newest_good.explained(error).await;
                let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
                warning(&format!(
                    "cannot show the definition of the collection: {}{hint}",
                    error.error().full_message()
                ));
                None
            }
        }
    };
    context.output.result(&Document::of(&backup), || describe(&backup, definition.as_ref()));
    Ok(exit_code::DONE)
}

/// Returns the columns that are uncompressed in at least one file.
fn uncompressed(manifest: &BackupManifest) -> String {
    let columns: BTreeSet<&str> =
        manifest.chunks().flat_map(|chunk| &chunk.uncompressed_columns).map(String::as_str).collect();
    if columns.is_empty() {
        return String::new();
    }
    format!(" except {}", columns.into_iter().collect::<Vec<_>>().join(", "))
}

/// Returns the version of the source server, and its address.
fn server(metadata: &BackupMetadata) -> String {
    match &metadata.milvus_uri {
        Some(uri) => format!("{} at {uri}", metadata.milvus_version),
        None => metadata.milvus_version.clone(),
    }
}

fn outcome(record: &VerificationRecord) -> String {
    let outcome = if record.success { "passed" } else { "FAILED" };
    format!("{outcome}, {}, {}", record.verification_type, record.verified_at)
}

fn describe(backup: &StoredBackup, definition: Option<&BackedUpDefinition>) -> String {
    let metadata = &backup.metadata;
    let mut lines = summary(backup);
    if let Some(definition) = definition {
        lines.extend(definition.schema.fields.iter().map(|field| ("field", describe_field(field))));
        lines.extend(struct_fields(&definition.schema));
        if definition.schema.enable_dynamic_field {
            lines.push(("field", "$meta: dynamic".to_owned()));
        }
        match &definition.indexes {
            Some(indexes) => lines.extend(indexes.iter().map(|index| ("index", describe_index(index)))),
            None => lines.push(("index", "definitions were not saved".to_owned())),
        }
    }
    for partition in &backup.manifest.partitions {
        let bytes = partition.chunks.iter().map(|chunk| chunk.size_bytes).sum();
        let (rows, files) = (count(partition.row_count, "row"), count(partition.chunks.len(), "file"));
        lines.push(("partition", format!("{}: {rows}, {files}, {}", partition.name, format_size(bytes))));
    }
    for failed in &metadata.failed_partitions {
        lines.push(("missing", format!("{}: {}", failed.name, failed.error)));
    }
    lines.extend(metadata.limitations.iter().map(|limitation| ("limitation", limitation.clone())));
    let mut text = String::new();
    for (label, value) in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", format!("{label:<12} {}", printable(&value)).trim_end());
    }
    text
}

fn summary(backup: &StoredBackup) -> Lines {
    let metadata = &backup.metadata;
    let verifications: Vec<String> =
        metadata.verification.iter().chain(&metadata.earlier_verifications).map(outcome).collect();
    let verified = if verifications.is_empty() { "never".to_owned() } else { verifications.join("; ") };
    let ratio = metadata.compression_ratio().map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.3}"));
    let (codec, level) = (metadata.compression_codec, metadata.compression_level);
    let read_at = metadata.read_timestamp.as_deref().unwrap_or("-");
    vec![
        ("backup", metadata.backup_id.to_string()),
        ("name", metadata.backup_name.clone()),
        ("collection", BackupVersion::from(metadata).collection_label()),
        ("database", metadata.database.clone()),
        ("created", metadata.created_at.to_string()),
        ("type", type_of(metadata)),
        ("state", metadata.effective_state().to_string()),
        ("rows", metadata.row_count.to_string()),
        ("size", format_size(metadata.size_bytes)),
        ("compression", format!("{codec} (level {level}){}, ratio {ratio}", uncompressed(&backup.manifest))),
        ("source", metadata.source.to_string()),
        ("consistency", format!("{} (read point {read_at})", metadata.consistency)),
        ("verified", verified),
        ("checksums", metadata.checksum_algorithm.to_string()),
        ("Milvus", server(metadata)),
        ("loaded", loaded(metadata)),
        ("aliases", list_or_none(&metadata.aliases)),
        ("tags", list_or_none(&metadata.tags)),
        ("pinned", pinned(metadata)),
        ("path", metadata.storage_path.clone()),
    ]
}

/// Returns the type, and for a partial backup the requested partitions.
fn type_of(metadata: &BackupMetadata) -> String {
    if metadata.backup_type == BackupType::FullCollection {
        return "full".to_owned();
    }
    let names: Vec<String> = BackupVersion::from(metadata).partition_names.into_iter().collect();
    format!("part: {}", names.join(", "))
}

fn loaded(metadata: &BackupMetadata) -> String {
    match (metadata.was_loaded, metadata.replica_number) {
        (false, _) => "not before the backup".to_owned(),
        (true, Some(replicas)) => format!("yes, {}", count(replicas, "replica")),
        (true, None) => "yes".to_owned(),
    }
}

/// Returns since when the backup is pinned, and for which reason.
fn pinned(metadata: &BackupMetadata) -> String {
    let Some(pin) = &metadata.pin else { return "no".to_owned() };
    let since = pin.pinned_at.map(|time| format!(", since {time}")).unwrap_or_default();
    let reason = pin.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("yes{since}{reason}")
}

fn list_or_none(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Returns a description such as `id: Int64, primary key` or `title: VarChar(max_length=256)`.
fn describe_field(field: &FieldSchema) -> String {
    let element = field.elements().map(|element| format!(" of {element}")).unwrap_or_default();
    let params: Vec<String> = field.type_params.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let params = if params.is_empty() { String::new() } else { format!("({})", params.join(", ")) };
    let attributes = [
        (field.is_primary, ", primary key"),
        (field.auto_id, ", auto ID"),
        (field.is_partition_key, ", partition key"),
        (field.is_clustering_key, ", clustering key"),
        (field.nullable, ", nullable"),
        (field.default_value.is_some(), ", with default"),
        (field.is_function_output, ", computed"),
    ];
    let attributes: String = attributes.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| text).collect();
    format!("{}: {}{element}{params}{attributes}", field.name, field.data_type)
}

fn struct_fields(schema: &CollectionSchema) -> Lines {
    let describe = |name: &str, field: &FieldSchema| ("field", format!("{name}.{}", describe_field(field)));
    schema.struct_fields.iter().flat_map(|of| of.fields.iter().map(|field| describe(&of.name, field))).collect()
}

/// Returns a description such as `embedding: HNSW, COSINE, named vectors`.
fn describe_index(index: &IndexDefinition) -> String {
    let param = |key: &str| index.params.get(key).map_or("-", String::as_str);
    let name = if index.index_name.is_empty() { String::new() } else { format!(", named {}", index.index_name) };
    let metric = index.params.get("metric_type").map(|metric| format!(", {metric}")).unwrap_or_default();
    format!("{}: {}{metric}{name}", index.field_name, param("index_type"))
}
