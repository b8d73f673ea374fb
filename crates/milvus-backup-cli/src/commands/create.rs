//! `milvus-br create` backs up one or more collections, or resumes a backup.

use std::time::Duration;

use milvus_backup_core::{
    BackupParams, BackupResult, BackupType, CollectionName, Error, ErrorKind, Hint, LoadPolicy, Result, SourceChoice,
};

use crate::args::{CreateArgs, Load, Source};
use crate::command_error::CommandError;
use crate::context::{Context, Session};
use crate::exit_code;
use crate::hints::words;
use crate::report::Report;
use crate::resolve::resolve_incomplete;
use crate::sizes::format_size;
use crate::text::{count, printable};

pub(crate) async fn run(context: &Context, args: CreateArgs) -> Result<u8, CommandError> {
    let collections = args.collections.iter().map(|name| name.parse()).collect::<Result<Vec<CollectionName>>>()?;
    let mut params = params(&args, context.timeout());
    params.validate()?;
    if let Some(backup) = &args.resume {
        return resume(context, backup, &collections, params).await;
    }
    if args.source == Source::Segments {
        context.require_milvus_storage()?;
    }
    let session = context.connect().await?;
    params.timeout = context.timeout();
    let outcome = match collections.as_slice() {
        [collection] => create_one(context, &session, collection, &params).await,
        several => create_all(context, &session, several, &params).await,
    };
    session.close().await;
    outcome.map_err(|error| with_database_hint(error, &collections))
}

/// Adds a hint to the error for `DATABASE.COLLECTION`, which names a collection only in the arguments of other commands.
fn with_database_hint(error: Error, collections: &[CollectionName]) -> CommandError {
    let hint = match collections {
        [name] if error.kind() == ErrorKind::InvalidParameter => {
            let database = name.as_str().split_once('.').map(|(database, _)| database.to_owned());
            database.map(|database| words(&Hint::NameDatabase(database)))
        }
        _ => None,
    };
    CommandError::new(error, hint)
}

async fn create_one(
    context: &Context,
    session: &Session,
    collection: &CollectionName,
    params: &BackupParams,
) -> Result<u8> {
    Ok(report(context, &session.manager.create_backup(collection, params).await?))
}

/// Prints the result of one backup, and returns the exit code.
fn report(context: &Context, result: &BackupResult) -> u8 {
    context.output.result(result, || describe(result));
    if result.success { exit_code::DONE } else { exit_code::INCOMPLETE }
}

async fn resume(
    context: &Context,
    text: &str,
    collections: &[CollectionName],
    mut params: BackupParams,
) -> Result<u8, CommandError> {
    let (collection, backup_id) = resolve_incomplete(context, &context.repository()?, text).await?;
    if !collections.is_empty() && collections != [collection.name.clone()] {
        return Err(Error::Refused {
            reason: format!("backup {backup_id} belongs to collection `{collection}`"),
            hint: "omit the collection with --resume".into(),
        }
        .into());
    }
    let session = context.connect().await?;
    params.timeout = context.timeout();
    let outcome = session.manager.resume_backup(&collection, &backup_id, &params).await;
    session.close().await;
    Ok(report(context, &outcome?))
}

/// Backs up several collections. The first failure determines the exit code, unless there is an interrupt.
async fn create_all(
    context: &Context,
    session: &Session,
    collections: &[CollectionName],
    params: &BackupParams,
) -> Result<u8> {
    let mut results = Vec::with_capacity(collections.len());
    let mut code = exit_code::DONE;
    let report = |collection: &CollectionName, outcome: Result<BackupResult>| match outcome {
        Ok(result) => {
            if code == exit_code::DONE && !result.success {
                code = exit_code::INCOMPLETE;
            }
            results.push(result);
        }
        Err(error) => {
            Report::from(&error).print_text();
            results.push(BackupResult::from_error(collection.as_str(), session.manager.storage_type(), &error));
            if code == exit_code::DONE || error.kind() == ErrorKind::Interrupted {
                code = exit_code::of(error.kind());
            }
        }
    };
    session.manager.create_backups(collections, params, report).await;
    context.output.result(&results, || {
        let done = results.iter().filter(|result| result.success);
        done.map(describe).collect::<Vec<_>>().join("\n")
    });
    Ok(code)
}

pub(super) fn describe(result: &BackupResult) -> String {
    let path = result.storage_path.as_deref().unwrap_or_default();
    format!(
        "{}  {}  {}  {}  {}  {}",
        result.backup_id,
        printable(&result.collection_name),
        count(result.row_count, "row"),
        format_size(result.size_bytes),
        result.state,
        printable(path),
    )
}

fn params(args: &CreateArgs, timeout: Option<Duration>) -> BackupParams {
    let mut params = BackupParams::full();
    if !args.partitions.is_empty() {
        params.backup_type = BackupType::Partition;
        params.partition_names.clone_from(&args.partitions);
    }
    params.backup_name.clone_from(&args.name);
    params.tags.clone_from(&args.tags);
    args.encoding.apply(&mut params);
    params.include_indexes = !args.no_indexes;
    params.skip_failed_partitions = args.skip_failed_partitions;
    params.verify_after = args.no_verify.then_some(false);
    params.load = match args.load {
        Load::Auto => LoadPolicy::Auto,
        Load::Never => LoadPolicy::Never,
    };
    params.source = match args.source {
        Source::Auto => SourceChoice::Auto,
        Source::Query => SourceChoice::Query,
        Source::Segments => SourceChoice::Segments,
    };
    params.strict = args.strict;
    params.protect_from_compaction = args.protect_from_compaction;
    params.timeout = timeout;
    params
}
