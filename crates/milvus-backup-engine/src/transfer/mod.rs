//! The transfer of rows: from a session of a source to data files. What a source is, and how files are
//! encoded, is behind traits.

mod assembly;
mod backup;
mod budget;
mod stealing;
mod unit;

pub(crate) use backup::BackupTransfer;
