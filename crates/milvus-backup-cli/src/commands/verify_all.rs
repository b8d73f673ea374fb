//! `milvus-br verify --all` verifies the backups whose last verification is the longest ago.

use std::time::Duration;

use milvus_backup_core::{Result, VerificationParams, VerificationResult, VerificationType};
use milvus_backup_engine::VerificationRound;

use super::list::warn_of_missing_root;
use super::verify::describe;
use crate::args::VerifyArgs;
use crate::command_error::CommandError;
use crate::context::Context;
use crate::exit_code;
use crate::output::stderr_line;
use crate::report::Report;
use crate::text::{count, printable};

pub(crate) async fn run(context: &Context, args: &VerifyArgs, params: VerificationParams) -> Result<u8, CommandError> {
    let repository = context.repository()?;
    warn_of_missing_root(&repository).await?;
    let is_deep = params.verification_type == VerificationType::Deep;
    let interval = Duration::from_hours(24 * u64::from(context.config.deep_verification_interval_days));
    let older_than = args.older_than.unwrap_or(if is_deep { interval } else { Duration::ZERO });
    let round = VerificationRound { params, older_than, budget: args.budget };
    let session = if is_deep { Some(context.connect().await?) } else { None };
    let mut results: Vec<VerificationResult> = Vec::new();
    let mut code = exit_code::DONE;
    let manager = session.as_ref().map(|session| &session.manager);
    let left = round.run(&repository, manager, |_, outcome| match outcome {
        Ok(result) => {
            for finding in &result.errors {
                stderr_line(&format!("error: {}: {}", result.backup_id, printable(&finding.message)));
            }
            if !result.success {
                code = exit_code::INTEGRITY;
            }
            results.push(result);
        }
        Err(error) => {
            Report::from(&error).print_text();
            if code == exit_code::DONE {
                code = exit_code::of(error.kind());
            }
        }
    });
    let left = left.await;
    if let Some(session) = session {
        session.close().await;
    }
    let left = left?;
    context.output.result(&results, || {
        let lines: Vec<String> = results.iter().map(describe).collect();
        if lines.is_empty() { "no backup is due".to_owned() } else { lines.join("\n") }
    });
    if left > 0 {
        stderr_line(&format!("the budget is used up: {} will be verified next time", count(left, "backup")));
    }
    Ok(code)
}
