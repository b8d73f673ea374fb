//! The decoding of single log files: insert logs and delete logs of storage v1, and column groups of storage v2.

mod cursor;
mod header;

pub use header::{LogHeader, log_header};
