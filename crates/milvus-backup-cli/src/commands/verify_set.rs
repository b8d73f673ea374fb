//! `milvus-br verify` with a set: every member that is still there.

use std::collections::BTreeSet;

use milvus_backup_core::{
    BackupId, BackupSet, CollectionRef, ErrorKind, Result, VerificationParams, VerificationResult, VerificationType,
};
use milvus_backup_engine::{BackupRepository, Instance};

use super::verify::describe;
use crate::context::Context;
use crate::exit_code;
use crate::output::{stderr_line, warning};
use crate::report::Report;
use crate::text::printable;

pub(super) async fn run(
    context: &Context,
    repository: &BackupRepository,
    set: &BackupSet,
    params: &VerificationParams,
) -> Result<u8> {
    let members = repository.members_of(set).await?;
    let present: BTreeSet<&BackupId> = members.iter().map(|(_, id, _)| id).collect();
    let mut code = exit_code::DONE;
    for member in set.members.iter().filter(|member| !present.contains(&member.backup_id)) {
        warning(&format!("backup {} of `{}` was deleted", member.backup_id, member.collection()?));
        code = exit_code::INCOMPLETE;
    }
    let is_deep = params.verification_type == VerificationType::Deep;
    let session = if is_deep { Some(context.connect().await?) } else { None };
    let instance = session.as_ref().map(crate::context::Session::instance);
    let mut results: Vec<VerificationResult> = Vec::new();
    for (collection, id, _) in &members {
        match verify(repository, instance.as_ref(), collection, id, params).await {
            Ok(result) => {
                code = if result.success { code } else { exit_code::INTEGRITY };
                report(&result);
                results.push(result);
            }
            Err(error) => {
                Report::from(&error).print_text();
                let ends = error.kind() == ErrorKind::Interrupted;
                if ends || code != exit_code::INTEGRITY {
                    code = exit_code::of(error.kind());
                }
                if ends {
                    break;
                }
            }
        }
    }
    if let Some(session) = session {
        drop(instance);
        session.close().await;
    }
    context.output.result(&results, || results.iter().map(describe).collect::<Vec<_>>().join("\n"));
    Ok(code)
}

async fn verify(
    repository: &BackupRepository,
    instance: Option<&Instance>,
    collection: &CollectionRef,
    id: &BackupId,
    params: &VerificationParams,
) -> Result<VerificationResult> {
    match instance {
        Some(instance) => instance.manager(&collection.database)?.verify_backup(collection, id, params).await,
        None => repository.verify_backup(collection, id, params).await,
    }
}

fn report(result: &VerificationResult) {
    for text in &result.warnings {
        warning(&format!("{}: {text}", result.backup_id));
    }
    for finding in &result.errors {
        stderr_line(&format!("error: {}: {}", result.backup_id, printable(&finding.message)));
    }
}
