//! The exit codes of `milvus-br`. Scripts rely on them: a code never changes its meaning.

use milvus_backup_core::ErrorKind;

/// Everything that was asked for is done.
pub const DONE: u8 = 0;
/// Failed for a reason that has no code of its own.
pub const FAILED: u8 = 1;
/// The command line or the configuration is wrong.
pub const USAGE: u8 = 2;
/// Finished, with something left out.
pub const INCOMPLETE: u8 = 3;
/// No such backup, collection or partition.
pub const NOT_FOUND: u8 = 10;
/// Another operation holds the lock.
pub const LOCKED: u8 = 11;
/// Milvus refused the credentials, or the user lacks a privilege.
pub const AUTHENTICATION: u8 = 12;
/// A backup is damaged.
pub const INTEGRITY: u8 = 13;
/// Milvus cannot be reached, or cannot do it.
pub const UNREACHABLE: u8 = 14;
/// Refused by a safety rule: the target exists, autoID, no confirmation.
pub const TARGET_OR_RULE: u8 = 15;
/// Not enough space.
pub const NO_SPACE: u8 = 16;
/// The store failed, also after retries.
pub const STORAGE: u8 = 17;
/// The deadline passed.
pub const DEADLINE: u8 = 18;
/// Stopped by SIGINT (Ctrl-C).
pub const INTERRUPTED: u8 = 130;
/// Stopped by SIGTERM.
pub const TERMINATED: u8 = 143;

/// The exit code of an error.
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
