//! The transfer of rows: from a session of a source to data files, and from data files to a sink. Sources and encodings are
//! behind traits.

mod assembly;
mod backup;
mod budget;
#[cfg(test)]
mod fakes;
mod restore;
mod session_chunks;
mod stealing;
#[cfg(test)]
mod tests;
mod unit;

pub(crate) use backup::BackupTransfer;
pub(crate) use budget::MIN_SHARE;
pub(crate) use restore::restore_rows;
pub(crate) use session_chunks::SessionChunks;
