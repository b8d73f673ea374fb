//! `milvus-br create` backs up one or more collections, or resumes a backup.

use std::time::Duration;

use milvus_backup_core::{
    BackupParams, BackupResult, BackupType, CollectionName, Error, ErrorKind, Hint, LoadPolicy, Result, SourceChoice,
};
use milvus_backup_engine::{Chosen, Selection, SetCreation};

use super::create_set::{create_set, dry_run};
use crate::args::{CreateArgs, Load, Source};
use crate::command_error::CommandError;
use crate::context::{Context, Session};
use crate::exit_code;
use crate::hints::words;
use crate::resolve::resolve_incomplete;
use crate::sizes::format_size;
use crate::text::{count, printable};

pub(crate) async fn run(context: &Context, args: CreateArgs) -> Result<u8, CommandError> {
    let mut params = params(&args, context.timeout());
    params.validate()?;
    if let Some(backup) = &args.resume {
        let collections = args.collections.iter().map(|name| name.parse()).collect::<Result<Vec<CollectionName>>>()?;
        return resume(context, backup, &collections, params).await;
    }
    let selection = if args.all {
        Selection::everything(&args.exclude)?
    } else {
        Selection::parse(&args.collections, &args.exclude)?
    };
    let single = selection.single_name();
    if let Some(name) = &single {
        name.parse::<CollectionName>()?;
    }
    if args.source == Source::Segments {
        context.require_milvus_storage()?;
    }
    let session = context.connect().await?;
    params.timeout = context.timeout();
    let outcome = match &single {
        _ if args.dry_run => dry_run(context, &session, &selection).await,
        Some(name) => create_one(context, &session, &selection, name, &params).await,
        None => {
            let creation = SetCreation { params, at_once: args.parallel.get() };
            create_set(context, &session, &selection, &creation).await
        }
    };
    session.close().await;
    outcome.map_err(|error| with_database_hint(error, single.as_deref()))
}

/// Adds a hint to the error for `DATABASE.COLLECTION` if there is no such database.
fn with_database_hint(error: Error, single: Option<&str>) -> CommandError {
    let hint = match single {
        Some(name) if error.kind() == ErrorKind::InvalidParameter => {
            let database = name.split_once('.').map(|(database, _)| database.to_owned());
            database.map(|database| words(&Hint::NameDatabase(database)))
        }
        _ => None,
    };
    CommandError::new(error, hint)
}

/// Backs up one collection, of another database if its name says so.
async fn create_one(
    context: &Context,
    session: &Session,
    selection: &Selection,
    name: &str,
    params: &BackupParams,
) -> Result<u8> {
    if !name.contains('.') {
        return Ok(report(context, &session.manager.create_backup(&name.parse()?, params).await?));
    }
    let instance = session.instance();
    match instance.choose(selection).await?.pop() {
        Some(Chosen::Found { collection, asked }) => {
            let manager = instance.manager(&collection.database)?;
            Ok(report(context, &manager.create_backup(&asked, params).await?))
        }
        Some(Chosen::Missing { error, .. }) => Err(error),
        None => Err(Error::Internal { action: "find a collection".to_owned(), source: "nothing was chosen".into() }),
    }
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
