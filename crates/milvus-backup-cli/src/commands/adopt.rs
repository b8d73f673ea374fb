//! `milvus-br adopt` adds backups that milvus-backup wrote on its own to a repository.

use milvus_backup_core::{BackupParams, BackupResult, CollectionRef, ErrorKind, ForeignBackups, Result};

use super::create::describe;
use crate::args::AdoptArgs;
use crate::command_error::CommandError;
use crate::context::Context;
use crate::exit_code;
use crate::report::Report;

pub(crate) async fn run(context: &Context, args: AdoptArgs) -> Result<u8, CommandError> {
    let mut params = BackupParams::full();
    params.backup_name.clone_from(&args.name);
    params.tags.clone_from(&args.tags);
    params.timeout = context.timeout();
    params.validate()?;
    let foreign = context.foreign_backups(&args.from)?;
    let repository = context.repository()?;
    let collections = selected(context, &foreign, &args).await?;
    let (mut results, mut code) = (Vec::with_capacity(collections.len()), exit_code::DONE);
    for collection in &collections {
        match repository.adopt_backup(&foreign, &args.foreign, collection, &params).await {
            Ok(result) => results.push(result),
            Err(error) if collections.len() == 1 => return Err(error.into()),
            Err(error) => {
                Report::from(&error).print_text();
                let kind = error.kind();
                let storage_type = milvus_backup_core::BackupStorageType::MilvusNative;
                results.push(BackupResult::from_error(collection.name.as_str(), storage_type, &error));
                if code == exit_code::DONE || kind == ErrorKind::Interrupted {
                    code = exit_code::of(kind);
                }
                if kind == ErrorKind::Interrupted {
                    break;
                }
            }
        }
    }
    let text = || {
        let adopted = results.iter().filter(|result| result.success);
        adopted.map(describe).collect::<Vec<_>>().join("\n")
    };
    match results.as_slice() {
        [result] => context.output.result(result, text),
        results => context.output.result(&results, text),
    }
    Ok(code)
}

/// Returns the collections to take: those that were named, or all.
async fn selected(context: &Context, foreign: &dyn ForeignBackups, args: &AdoptArgs) -> Result<Vec<CollectionRef>> {
    if !args.collections.is_empty() {
        return args.collections.iter().map(|name| Ok(context.collections(name)?.0)).collect();
    }
    let found = foreign.find(&args.foreign).await?;
    found.collections.iter().map(|name| Ok(context.collections(name)?.0)).collect()
}
