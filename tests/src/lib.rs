//! Support for the end-to-end tests in `tests/e2e`: the built command, data sets, and outside witnesses.
//!
//! Nothing here uses the crates under test. The command is run as a user runs it; what it reads is made, and what it
//! wrote is looked at, by pymilvus, pyarrow, `DuckDB` and Polars.

#![expect(clippy::disallowed_methods, reason = "processes are waited for in the time of the machine")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "support of tests fails as tests do")]
#![allow(clippy::missing_panics_doc, reason = "all of it panics when what it is to show does not hold")]
#![allow(clippy::return_self_not_must_use, reason = "assertions that can be chained, and need not be")]

pub mod backup_files;
pub mod collections;
pub mod comparison;
pub mod faults;
pub mod milvus_br;
pub mod outcome;
pub mod process;
pub mod root;
pub mod scripts;
pub mod slow_link;
