//! Asking before something is deleted.

use std::io::BufRead;

use milvus_backup_core::{Error, Result};

use crate::context::Context;
use crate::output::{can_ask, stderr_line};

/// Asks a person, or requires `--yes` where there is none.
///
/// # Errors
/// [`Error::Refused`] when the answer is no, or nobody can be asked; [`Error::Interrupted`] when a signal is the answer.
pub(crate) async fn confirm(context: &Context, question: &str) -> Result<()> {
    if context.yes() {
        return Ok(());
    }
    let refused = |reason: &str| Error::Refused { reason: reason.to_owned(), hint: "confirm with --yes".into() };
    if !can_ask() {
        return Err(refused("nobody can be asked, because this is not a terminal"));
    }
    stderr_line(&format!("{question} [y/N]"));
    match context.interruptible(read_line()).await?.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(refused("not confirmed")),
    }
}

/// A line from the terminal; an empty one when it cannot be read. The thread that reads ends with the process.
async fn read_line() -> Result<String> {
    let read = || {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    };
    Ok(tokio::task::spawn_blocking(read).await.map_or_else(|_| String::new(), Result::unwrap_or_default))
}
