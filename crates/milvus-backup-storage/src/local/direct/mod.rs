//! Local files, written bypassing the page cache (`O_DIRECT`) where this is known to work well.
//!
//! The files of a backup are rarely read soon. In the page cache they would evict the working set of Milvus, and
//! copying them there costs more than hashing them. Moreover, a verification after the write then reads the contents of
//! the disk, not those of memory.

mod file;
mod store;
mod upload;

pub(crate) use store::DirectFiles;
