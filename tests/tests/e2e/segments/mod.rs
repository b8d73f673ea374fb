//! Backups of Milvus 2.3.5 from its segment files: what they contain, what they refuse, and that they are exact at their
//! read point while the collection is written to.
//!
//! `MILVUS_BR_TEST_SHOTS` sets the number of backups under running writers, 5 by default.

mod equality;
mod oracle;
mod oracle_server;
mod refusals;
mod support;
mod unloaded;
