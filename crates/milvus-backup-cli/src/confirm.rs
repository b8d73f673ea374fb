//! Confirmation before a deletion.

use std::io::BufRead;

use milvus_backup_core::{Error, Result};

use crate::context::Context;
use crate::output::{can_ask, stderr_line};

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
    match context.interruptible(read_line()).await?.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(refused("not confirmed")),
    }
}

/// Reads a line from the terminal; returns an empty one if that fails. The reading thread ends with the process.
async fn read_line() -> Result<String> {
    let read = || {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    };
    Ok(tokio::task::spawn_blocking(read).await.map_or_else(|_| String::new(), Result::unwrap_or_default))
}
