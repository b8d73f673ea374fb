//! `milvus-br copy` copies backups to another root.

use milvus_backup_core::{
    BackupId, BackupMetadata, BrokenBackup, CollectionRef, CopyParams, CopyResult, Error, ErrorKind,
};
use milvus_backup_engine::BackupRepository;

use super::list::warn_of_missing_root;
use crate::args::CopyArgs;
use crate::command_error::CommandError;
use crate::context::Context;
use crate::exit_code;
use crate::report::Report;
use crate::resolve::{list_collection, resolve};
use crate::sizes::format_size;
use crate::text::{count, printable};

/// The backups to copy, and those among them that cannot be read.
#[derive(Debug, Default)]
struct Selection {
    backups: Vec<(CollectionRef, BackupId)>,
    broken: Vec<BrokenBackup>,
}

pub(crate) async fn run(context: &Context, args: CopyArgs) -> Result<u8, CommandError> {
    let mut params = CopyParams::default();
    (params.bandwidth, params.concurrency, params.timeout) = (args.bandwidth, args.concurrency, context.timeout());
    params.validate()?;
    let source = match &args.from {
        Some(root) => context.repository_at(root)?,
        None => context.repository()?,
    };
    let destination = context.repository_at(&args.to)?;
    let selection = select(context, &source, &args).await?;
    if let ([_], [(collection, backup_id)]) = (args.backups.as_slice(), selection.backups.as_slice()) {
        let result = source.copy_backup(collection, backup_id, &destination, &params).await?;
        context.output.result(&result, || describe(&result));
        return Ok(exit_code::DONE);
    }
    Ok(copy_all(context, &source, &destination, &params, selection).await)
}

/// Copies several backups. The first failure determines the exit code, unless there is an interrupt.
async fn copy_all(
    context: &Context,
    source: &BackupRepository,
    destination: &BackupRepository,
    params: &CopyParams,
    Selection { backups, broken }: Selection,
) -> u8 {
    let mut results = Vec::with_capacity(backups.len());
    let mut code = exit_code::DONE;
    let report = |collection: &CollectionRef, id: &BackupId, outcome: milvus_backup_core::Result<CopyResult>| {
        let result = outcome.unwrap_or_else(|error| {
            Report::from(&error).print_text();
            if code == exit_code::DONE || error.kind() == ErrorKind::Interrupted {
                code = exit_code::of(error.kind());
            }
            let (from, to) = (source.root().to_owned(), destination.root().to_owned());
            CopyResult::of(id.clone(), collection.to_string(), from, to).failed(&error)
        });
        results.push(result);
    };
    source.copy_backups(&backups, destination, params, report).await;
    context.output.result(&results, || {
        let done: Vec<String> = results.iter().filter(|result| result.success).map(describe).collect();
        if results.is_empty() { "no backups".to_owned() } else { done.join("\n") }
    });
    for broken in &broken {
        Report::from(&broken.error).print_text();
    }
    if code == exit_code::DONE && !broken.is_empty() { exit_code::INCOMPLETE } else { code }
}

/// Resolves all arguments before the first copy, so that a wrong name copies nothing.
async fn select(context: &Context, source: &BackupRepository, args: &CopyArgs) -> Result<Selection, CommandError> {
    let mut selection = Selection::default();
    for text in &args.backups {
        let metadata = resolve(context, source, text).await?.metadata().await?;
        let backup = (metadata.collection()?, metadata.backup_id);
        if !selection.backups.contains(&backup) {
            selection.backups.push(backup);
        }
    }
    if args.backups.is_empty() {
        select_from_lists(context, source, args, &mut selection).await?;
        warn_of_missing_root(source).await?;
    }
    Ok(selection)
}

/// Selects by collection and tag, oldest backup first, so that a destination is complete up to some time.
async fn select_from_lists(
    context: &Context,
    source: &BackupRepository,
    args: &CopyArgs,
    selection: &mut Selection,
) -> Result<(), CommandError> {
    let mut listings = Vec::new();
    for name in &args.collections {
        listings.push(list_collection(context, source, name).await?.1);
    }
    if args.collections.is_empty() {
        listings.push(source.list_backups(None).await?);
    }
    let has_tag =
        |metadata: &&BackupMetadata| args.tags.is_empty() || args.tags.iter().any(|tag| metadata.tags.contains(tag));
    for listing in listings {
        for metadata in listing.backups.iter().rev().filter(has_tag) {
            let backup = (metadata.collection()?, metadata.backup_id.clone());
            if !selection.backups.contains(&backup) {
                selection.backups.push(backup);
            }
        }
        selection.broken.extend(listing.broken);
    }
    // A name or a tag that is mistyped must not look like a copy that is up to date.
    if selection.backups.is_empty() && selection.broken.is_empty() && !args.all {
        let wanted = args.collections.iter().map(|name| format!("of `{name}`"));
        let wanted: Vec<String> = wanted.chain(args.tags.iter().map(|tag| format!("with tag `{tag}`"))).collect();
        let error = Error::BackupNotFound { backup: wanted.join(", "), path: source.root().to_owned() };
        return Err(error.into());
    }
    Ok(())
}

/// Returns a line about a copy, of which one side may be an archive.
pub(super) fn describe(result: &CopyResult) -> String {
    let (id, collection, to) = (&result.backup_id, printable(&result.collection_name), printable(&result.destination));
    if result.already_present {
        return format!("{id}  {collection}  already in {to}");
    }
    let (files, size) = (count(result.files_copied, "file"), format_size(result.bytes_copied));
    let resumed = match result.files_resumed {
        0 => String::new(),
        files => format!(", {} of an earlier attempt", count(files, "file")),
    };
    format!("{id}  {collection}  copied to {to}: {files}, {size}{resumed}")
}
