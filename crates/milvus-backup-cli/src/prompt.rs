//! Answers that are typed on a terminal.

use std::io::BufRead;
use std::time::Duration;

use milvus_backup_core::{Environment, Result};

/// Returns the next line of standard input, or an empty one if it has ended.
///
/// # Errors
/// [`milvus_backup_core::Error::Interrupted`] on a signal.
pub(crate) async fn answer(environment: &Environment) -> Result<String> {
    environment.bounded(Duration::MAX, read_line()).await
}

/// Reads a line; returns an empty one if that fails. The reading thread ends with the process.
async fn read_line() -> Result<String> {
    let read = || {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    };
    Ok(tokio::task::spawn_blocking(read).await.map_or_else(|_| String::new(), Result::unwrap_or_default))
}
