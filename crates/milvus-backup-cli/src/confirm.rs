//! Asking before something is deleted.

use std::io::BufRead;

use milvus_backup_core::{Error, Result};

use crate::context::Context;
use crate::output::{can_ask, stderr_line};

/// Asks a person, or requires `--yes` where there is none.
///
/// # Errors
/// [`Error::Refused`] when the answer is no, or nobody can be asked.
pub(crate) fn confirm(context: &Context, question: &str) -> Result<()> {
    if context.yes() {
        return Ok(());
    }
    let refused = |reason: &str| Error::Refused { reason: reason.to_owned(), hint: "confirm with --yes".to_owned() };
    if !can_ask() {
        return Err(refused("nobody can be asked, because this is not a terminal"));
    }
    stderr_line(&format!("{question} [y/N]"));
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    match (read, answer.trim().to_ascii_lowercase().as_str()) {
        (Ok(_), "y" | "yes") => Ok(()),
        _ => Err(refused("not confirmed")),
    }
}
