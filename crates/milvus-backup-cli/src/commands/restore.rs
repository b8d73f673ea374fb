//! `milvus-br restore` restores a backup into a collection.

use std::time::Duration;

use milvus_backup_core::{AutoIdPolicy, Error, NotRestored, RestoreMethod, RestoreParams, RestoreResult, Result};

use crate::args::{AutoId, Method, RestoreArgs};
use crate::command_error::CommandError;
use crate::context::Context;
use crate::exit_code;
use crate::output::stderr_line;
use crate::subject::{Subject, resolve_subject};
use crate::text::{count, printable};

/// The limitation of `--load` for a Milvus Lite database that is given by its path.
pub(super) const UNLOADED: &str =
    "the collection is no longer loaded: Milvus Lite stops with this command, so the application has to load it";

pub(crate) async fn run(context: &Context, args: RestoreArgs) -> Result<u8, CommandError> {
    let mut params = params(&args, context.timeout())?;
    params.validate()?;
    let repository = context.repository()?;
    let resolved = match resolve_subject(context, &repository, &args.backup).await? {
        Subject::Backup(resolved) => resolved,
        Subject::Set(set) => return Ok(super::restore_set::run(context, &args, &set, params).await?),
    };
    require_of_one(&args)?;
    let newest_good = resolved.newest_good();
    let metadata = resolved.metadata().await?;
    let collection = metadata.collection()?;
    let session = context.connect_for_restore(args.create_database).await?;
    params.timeout = context.timeout();
    let outcome = session.manager.restore_backup(&collection, &metadata.backup_id, &params).await;
    session.close().await;
    let mut result = match outcome {
        Ok(result) => result,
        Err(error) => return Err(newest_good.explained(error).await),
    };
    if args.load && context.is_lite_path() {
        context.warn(UNLOADED.to_owned());
        result.limitations.push(UNLOADED.to_owned());
    }
    context.output.result(&result, || describe(&result));
    remind(&result);
    Ok(if result.success { exit_code::DONE } else { exit_code::INCOMPLETE })
}

/// Fails for options that mean a set.
fn require_of_one(args: &RestoreArgs) -> Result<()> {
    let given = [("only", args.only.first()), ("map", args.map.first())];
    match given.into_iter().find_map(|(field, value)| Some((field, value?))) {
        Some((field, value)) => Err(Error::InvalidParameter {
            field: field.to_owned(),
            value: value.clone(),
            limit: "omitted with a backup of one collection".to_owned(),
        }),
        None => Ok(()),
    }
}

/// Prints what was not restored, because it was not requested.
pub(super) fn remind(result: &RestoreResult) {
    for missing in &result.not_restored {
        stderr_line(&format!("not restored: {}", reminder(missing, &result.target_collection_name)));
    }
}

pub(super) fn describe(result: &RestoreResult) -> String {
    format!(
        "{}  {} -> {}  {}, {}, {}",
        result.backup_id,
        printable(&result.source_collection_name),
        printable(&result.target_collection_name),
        count(result.rows_restored, "row"),
        count(result.partitions_restored.len() as u64, "partition"),
        count(result.indexes_restored, "index"),
    )
}

/// Returns a property that was not restored, and how to obtain it.
fn reminder(missing: &NotRestored, target: &str) -> String {
    match missing {
        NotRestored::Aliases { names } => format!(
            "aliases of the collection ({}): restore with --with-aliases, or create them in Milvus for `{target}`",
            names.join(", ")
        ),
        NotRestored::Indexes => {
            format!("indexes: restore without --no-indexes, or create them in Milvus for `{target}`")
        }
        NotRestored::LoadState { replicas } => {
            let copies = match replicas {
                Some(copies) if *copies > 1 => format!(" with {copies} replicas"),
                _ => String::new(),
            };
            format!(
                "the load state: the source was loaded{copies}, but `{target}` is not; restore with --load, or load it in Milvus"
            )
        }
        other => format!("{other:?}"),
    }
}

fn params(args: &RestoreArgs, timeout: Option<Duration>) -> Result<RestoreParams> {
    let mut params = RestoreParams::default();
    params.target_collection_name = args.to.as_deref().map(str::parse).transpose()?;
    params.verify_before_restore = args.no_verify.then_some(false);
    params.drop_existing = args.drop_existing;
    params.replace_with_part = args.replace_with_part;
    params.load_after_restore = args.load;
    params.partition_names.clone_from(&args.partitions);
    params.restore_indexes = !args.no_indexes;
    params.skip_failed_partitions = args.skip_failed_partitions;
    params.with_aliases = args.with_aliases;
    params.create_database = args.create_database;
    params.into_existing = args.into_existing;
    params.auto_id = match args.auto_id {
        AutoId::Preserve => AutoIdPolicy::Preserve,
        AutoId::Regenerate => AutoIdPolicy::Regenerate,
        AutoId::Plain => AutoIdPolicy::Plain,
    };
    params.method = match args.method {
        Method::Auto => RestoreMethod::Auto,
        Method::Tool => RestoreMethod::Tool,
        Method::Insert => RestoreMethod::Insert,
        Method::Import => RestoreMethod::Import,
    };
    params.concurrency = args.concurrency;
    params.timeout = timeout;
    Ok(params)
}
