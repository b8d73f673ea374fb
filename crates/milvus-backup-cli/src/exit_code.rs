//! The exit codes of `milvus-br`. Scripts rely on them: a code never changes its meaning.

use milvus_backup_core::ErrorKind;

/// The request was carried out completely.
pub const DONE: u8 = 0;
/// The command failed for a reason without a more specific code.
pub const FAILED: u8 = 1;
/// The command line or the configuration is wrong.
pub const USAGE: u8 = 2;
/// The command finished, but its result is incomplete.
pub const INCOMPLETE: u8 = 3;
/// No such backup, collection or partition.
pub const NOT_FOUND: u8 = 10;
/// Another operation holds the lock.
pub const LOCKED: u8 = 11;
/// Milvus refused the credentials, or the user lacks a privilege.
pub const AUTHENTICATION: u8 = 12;
/// A backup did not pass verification.
pub const INTEGRITY: u8 = 13;
/// Milvus cannot be reached, or does not support the request.
pub const UNREACHABLE: u8 = 14;
/// Refused by a safety rule: the target exists, autoID, no confirmation.
pub const TARGET_OR_RULE: u8 = 15;
/// The store has not enough free space.
pub const NO_SPACE: u8 = 16;
/// The store failed, also after retries.
pub const STORAGE: u8 = 17;
/// The deadline of the operation passed.
pub const DEADLINE: u8 = 18;
/// The newest verified backup of a collection is older than its limit.
pub const STALE: u8 = 19;
/// The command was stopped by SIGINT (Ctrl-C).
pub const INTERRUPTED: u8 = 130;
/// The command was stopped by SIGTERM.
pub const TERMINATED: u8 = 143;

/// Returns the exit code of an error.
pub const fn of(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::InvalidParameter => USAGE,
        ErrorKind::NotFound => NOT_FOUND,
        ErrorKind::InProgress => LOCKED,
        ErrorKind::Authentication => AUTHENTICATION,
        ErrorKind::Corrupted => INTEGRITY,
        ErrorKind::Unreachable | ErrorKind::Unsupported => UNREACHABLE,
        ErrorKind::Refused => TARGET_OR_RULE,
        ErrorKind::InsufficientStorage => NO_SPACE,
        ErrorKind::Storage => STORAGE,
        ErrorKind::DeadlineExceeded => DEADLINE,
        ErrorKind::Interrupted => INTERRUPTED,
        _ => FAILED,
    }
}
