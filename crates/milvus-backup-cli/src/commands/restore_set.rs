//! `milvus-br restore` with a set: its members, each to its own place or to another one.

use milvus_backup_core::{BackupSet, Error, ErrorKind, RestoreParams, RestoreResult, Result};
use milvus_backup_engine::{CollectionPattern, MemberRestore, NameMapping, SetRestoration};

use super::restore::{UNLOADED, describe, remind};
use crate::args::RestoreArgs;
use crate::context::Context;
use crate::exit_code;
use crate::report::Report;

/// Restores the members of a set. A member that fails does not keep the others from being restored.
pub(super) async fn run(
    context: &Context,
    args: &RestoreArgs,
    set: &BackupSet,
    mut params: RestoreParams,
) -> Result<u8> {
    require_of_a_set(args)?;
    let only = args.only.iter().map(|text| text.parse()).collect::<Result<Vec<CollectionPattern>>>()?;
    let mappings = args.map.iter().map(|text| text.parse()).collect::<Result<Vec<NameMapping>>>()?;
    let members = MemberRestore::of_set(set, &only, &mappings)?;
    // The members name their databases: the one of the options need not exist.
    let session = context.connect_for_restore(true).await?;
    params.timeout = context.timeout();
    let restoration = SetRestoration { params, at_once: args.parallel.get() };
    let instance = session.instance();
    let print = |_: &MemberRestore, outcome: &Result<RestoreResult>| {
        if let Err(error) = outcome {
            Report::from(error).print_text();
        }
    };
    let outcomes = instance.restore_set(&members, &restoration, print).await;
    drop(instance);
    session.close().await;
    let code = code(&outcomes);
    let mut results: Vec<RestoreResult> = members.iter().zip(outcomes).map(result).collect();
    if args.load && context.is_lite_path() {
        context.warn(UNLOADED.to_owned());
        for result in &mut results {
            result.limitations.push(UNLOADED.to_owned());
        }
    }
    context.output.result(&results, || {
        let done = results.iter().filter(|result| result.error_message.is_none());
        done.map(describe).collect::<Vec<_>>().join("\n")
    });
    results.iter().for_each(remind);
    Ok(code)
}

/// Fails for options that mean one collection.
fn require_of_a_set(args: &RestoreArgs) -> Result<()> {
    let given = [("to", args.to.clone()), ("partition", args.partitions.first().cloned())];
    match given.into_iter().find_map(|(field, value)| Some((field, value?))) {
        Some((field, value)) => Err(Error::InvalidParameter {
            field: field.to_owned(),
            value,
            limit: "omitted with a set, whose collections are selected and renamed by patterns".to_owned(),
        }),
        None => Ok(()),
    }
}

/// Returns the result of a member, with the names of its collections and databases.
fn result((member, outcome): (&MemberRestore, Result<RestoreResult>)) -> RestoreResult {
    let (source, target) = (member.source.to_string(), member.target.to_string());
    match outcome {
        Ok(result) => RestoreResult { source_collection_name: source, target_collection_name: target, ..result },
        Err(error) => RestoreResult::from_error(&member.backup_id, &source, &target, &error),
    }
}

fn code(outcomes: &[Result<RestoreResult>]) -> u8 {
    let errors = || outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    if errors().any(|error| error.kind() == ErrorKind::Interrupted) {
        return exit_code::INTERRUPTED;
    }
    match errors().next() {
        Some(first) if errors().count() == outcomes.len() => exit_code::of(first.kind()),
        _ if outcomes.iter().all(|outcome| outcome.as_ref().is_ok_and(|result| result.success)) => exit_code::DONE,
        _ => exit_code::INCOMPLETE,
    }
}
