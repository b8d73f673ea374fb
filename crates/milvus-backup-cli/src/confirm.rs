//! Confirmation before a deletion.

use milvus_backup_core::{Error, Result};

use crate::context::Context;
use crate::output::{can_ask, stderr_line};
use crate::prompt::answer;

/// Asks the user for confirmation; without a terminal, `--yes` is required.
///
/// # Errors
/// [`Error::Refused`] if the user declines, or if there is no terminal; [`Error::Interrupted`] on a signal.
pub(crate) async fn confirm(context: &Context, question: &str) -> Result<()> {
    if context.yes() {
        return Ok(());
    }
    let refused = |reason: &str| Error::Refused { reason: reason.to_owned(), hint: "confirm with --yes".into() };
    if !can_ask() {
        return Err(refused("cannot prompt for confirmation: not a terminal"));
    }
    stderr_line(&format!("{question} [y/N]"));
    match answer(context.environment()).await?.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(refused("not confirmed")),
    }
}
