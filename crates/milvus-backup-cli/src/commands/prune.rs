//! `milvus-br prune`

use milvus_backup_core::{Decision, DecisionAction, Result, RetentionResult};
use milvus_backup_retention::RetentionPolicy;

use crate::args::PruneArgs;
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit_code;
use crate::report::Report;
use crate::sizes::format_size;

pub(crate) async fn run(context: &Context, args: PruneArgs) -> Result<u8> {
    if args.incomplete {
        return super::prune_incomplete::run(context, args.dry_run).await;
    }
    let collection = args.collection.as_deref().map(|name| context.collection(name)).transpose()?;
    let repository = context.repository()?;
    let policy = policy(context, &args);
    let plan = repository.plan_retention(collection.as_ref(), &policy).await?;
    for broken in &plan.broken {
        Report::from(&broken.error).print_text();
    }
    let mut result = plan.dry_run();
    if !args.dry_run {
        if result.backups_to_delete > 0 {
            confirm(context, &format!("{}\nDelete {} backups?", describe(&result), result.backups_to_delete)).await?;
        }
        result = repository.apply_retention_plan(&plan).await?;
    }
    context.output.result(&result, || describe(&result));
    Ok(if plan.broken.is_empty() { exit_code::DONE } else { exit_code::INCOMPLETE })
}

/// A flag overrides its own value only; the others come from the configuration.
fn policy(context: &Context, args: &PruneArgs) -> RetentionPolicy {
    RetentionPolicy {
        retention_count: args.keep_count.unwrap_or(context.config.retention_count),
        retention_days: args.keep_days.unwrap_or(context.config.retention_days),
        min_backups_to_keep: args.min_keep.unwrap_or(context.config.min_backups_to_keep),
    }
}

fn describe(result: &RetentionResult) -> String {
    let mut lines: Vec<String> = result.decisions.iter().map(line).collect();
    let verb = if result.dry_run { "would delete" } else { "deletes" };
    lines.push(format!(
        "keeps {} and {verb} {} of {} backups, {}",
        result.backups_to_keep,
        result.backups_to_delete,
        result.total_backups,
        format_size(result.storage_to_free_bytes),
    ));
    lines.join("\n")
}

fn line(decision: &Decision) -> String {
    let action = match decision.action {
        DecisionAction::Keep => "keep  ",
        DecisionAction::Delete => "delete",
    };
    format!("{action}  {}  {}  {}", decision.backup_id, decision.collection_name, decision.reasons.join("; "))
}
