//! Decoding during which nothing that a decoder does stops the program.

use std::panic::{AssertUnwindSafe, catch_unwind};

use milvus_backup_core::Result;

use crate::error::LogError;

/// Runs a decoder over bytes of the file `path`. If it fails in any way, the file is damaged.
pub(crate) fn guarded<T>(path: &str, work: impl FnOnce() -> std::result::Result<T, LogError>) -> Result<T> {
    let decoded = catch_unwind(AssertUnwindSafe(work));
    let decoded = decoded.unwrap_or_else(|_| Err(LogError::damaged("cannot be decoded")));
    decoded.map_err(|error| error.of_file(path))
}
