//! `milvus-br prune` deletes backups by the retention rules.

use milvus_backup_core::{Decision, DecisionAction, Error, Result, RetentionResult, validate_ratio};
use milvus_backup_engine::{BackupRepository, RetentionPlan};
use milvus_backup_retention::RetentionPolicy;

use super::list::warn_of_missing_root;
use crate::args::PruneArgs;
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit_code;
use crate::output::warning;
use crate::report::Report;
use crate::resolve::collections_with_backups;
use crate::sizes::format_size;
use crate::text::{count, printable};

pub(crate) async fn run(context: &Context, args: PruneArgs) -> Result<u8> {
    if args.incomplete {
        return super::prune_incomplete::run(context, args.dry_run).await;
    }
    let policy = policy(context, &args)?;
    let repository = context.repository()?;
    warn_of_missing_root(&repository).await?;
    let plan = plan(context, &repository, args.collection.as_deref(), &policy).await?;
    for broken in &plan.broken {
        Report::from(&broken.error).print_text();
    }
    let mut result = plan.dry_run();
    for text in &result.warnings {
        warning(text);
    }
    if !args.dry_run {
        if result.backups_to_delete > 0 {
            let backups = count(result.backups_to_delete, "backup");
            confirm(context, &format!("{}\nDelete {backups}?", describe(&result, "deletes"))).await?;
        }
        result = repository.apply_retention_plan(&plan).await?;
    }
    let verb = if result.dry_run { "would delete" } else { "deleted" };
    context.output.result(&result, || describe(&result, verb));
    Ok(if plan.broken.is_empty() { exit_code::DONE } else { exit_code::INCOMPLETE })
}

/// Returns the retention plan for one collection, or for all.
///
/// # Errors
/// [`Error::NoBackups`] for a collection without backups: naming one implies that it has some.
async fn plan(
    context: &Context,
    repository: &BackupRepository,
    collection: Option<&str>,
    policy: &RetentionPolicy,
) -> Result<RetentionPlan> {
    let Some(name) = collection else { return repository.plan_retention(None, policy).await };
    let (first, second) = context.collections(name)?;
    for collection in [Some(first), second].into_iter().flatten() {
        let plan = repository.plan_retention(Some(&collection), policy).await?;
        if plan.dry_run().total_backups > 0 || !plan.broken.is_empty() {
            return Ok(plan);
        }
    }
    Err(Error::NoBackups {
        collection: name.to_owned(),
        path: repository.root().to_owned(),
        available: collections_with_backups(&repository.list_backups(None).await?),
    })
}

/// Returns the policy: an option overrides only its own value; the others come from the configuration.
fn policy(context: &Context, args: &PruneArgs) -> Result<RetentionPolicy> {
    let min_rows_ratio = args.min_rows_ratio.or(context.config.min_rows_ratio);
    if let Some(ratio) = min_rows_ratio {
        validate_ratio("min_rows_ratio", ratio)?;
    }
    Ok(RetentionPolicy {
        retention_count: args.keep_count.unwrap_or(context.config.retention_count),
        retention_days: args.keep_days.unwrap_or(context.config.retention_days),
        min_backups_to_keep: args.min_keep.unwrap_or(context.config.min_backups_to_keep),
        min_rows_ratio,
        keep: args.keep.clone().over(&context.config.keep),
    })
}

fn describe(result: &RetentionResult, verb: &str) -> String {
    let mut lines: Vec<String> = result.decisions.iter().map(line).collect();
    let keeps = if verb == "deleted" { "kept" } else { "keeps" };
    lines.push(format!(
        "{keeps} {} and {verb} {} of {}, {}",
        result.backups_to_keep,
        result.backups_to_delete,
        count(result.total_backups, "backup"),
        format_size(result.storage_to_free_bytes),
    ));
    lines.join("\n")
}

fn line(decision: &Decision) -> String {
    let action = match decision.action {
        DecisionAction::Keep => "keep  ",
        DecisionAction::Delete => "delete",
    };
    let (collection, reasons) = (printable(&decision.collection_name), decision.reasons.join("; "));
    format!("{action}  {}  {collection}  {}", decision.backup_id, printable(&reasons))
}
