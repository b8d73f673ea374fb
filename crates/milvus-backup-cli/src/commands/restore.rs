//! `milvus-br restore`

use std::time::Duration;

use milvus_backup_core::{AutoIdPolicy, RestoreMethod, RestoreParams, RestoreResult, Result};

use crate::args::{AutoId, Method, RestoreArgs};
use crate::context::Context;
use crate::exit_code;
use crate::resolve::{collection_of, resolve};

/// What `--load` cannot do for a Milvus Lite database that is named by its path.
const UNLOADED: &str =
    "the collection is not loaded any more: Milvus Lite ends with this command, and the application loads it anew";

pub(crate) async fn run(context: &Context, args: RestoreArgs) -> Result<u8> {
    let mut params = params(&args, context.timeout())?;
    params.validate()?;
    let repository = context.repository()?;
    let metadata = resolve(context, &repository, &args.backup).await?.metadata()?;
    let collection = collection_of(&metadata)?;
    let properties =
        if args.create_database { Some(repository.definition(&metadata).await?.database_properties) } else { None };
    let session = context.connect_for_restore(properties.as_ref()).await?;
    params.timeout = context.timeout();
    let outcome = session.manager.restore_backup(&collection, &metadata.backup_id, &params).await;
    session.close().await;
    let mut result = outcome?;
    if args.load && context.is_lite_path() {
        context.warn(UNLOADED.to_owned());
        result.limitations.push(UNLOADED.to_owned());
    }
    context.output.result(&result, || describe(&result));
    Ok(if result.success { exit_code::DONE } else { exit_code::INCOMPLETE })
}

fn describe(result: &RestoreResult) -> String {
    format!(
        "{}  {} -> {}  {} rows, {} partitions, {} indexes",
        result.backup_id,
        result.source_collection_name,
        result.target_collection_name,
        result.rows_restored,
        result.partitions_restored.len(),
        result.indexes_restored,
    )
}

fn params(args: &RestoreArgs, timeout: Option<Duration>) -> Result<RestoreParams> {
    let mut params = RestoreParams::default();
    params.target_collection_name = args.to.as_deref().map(str::parse).transpose()?;
    params.verify_before_restore = args.no_verify.then_some(false);
    params.drop_existing = args.drop_existing;
    params.load_after_restore = args.load;
    params.partition_names.clone_from(&args.partitions);
    params.restore_indexes = !args.no_indexes;
    params.skip_failed_partitions = args.skip_failed_partitions;
    params.with_aliases = args.with_aliases;
    params.into_existing = args.into_existing;
    params.auto_id = match args.auto_id {
        AutoId::Preserve => AutoIdPolicy::Preserve,
        AutoId::Regenerate => AutoIdPolicy::Regenerate,
        AutoId::Plain => AutoIdPolicy::Plain,
    };
    params.method = match args.method {
        Method::Insert => RestoreMethod::Insert,
        Method::Import => RestoreMethod::Import,
    };
    params.concurrency = args.concurrency;
    params.timeout = timeout;
    Ok(params)
}
