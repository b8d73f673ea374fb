//! Archives: a backup as one tar stream, whose first members are the documents that name all others.

mod block;
mod head;
mod member;
mod open;
#[cfg(test)]
mod samples;
mod source;
#[cfg(test)]
mod untrusted_input;
mod write;

pub(crate) use open::OpenArchive;
pub(crate) use write::write;
