//! A directory on a local disk.

#[cfg(target_os = "linux")]
mod direct;
mod disk;
mod links;
mod open;

#[cfg(target_os = "linux")]
pub(crate) use direct::DirectFiles;
pub(crate) use disk::LocalDisk;
pub(crate) use open::local_store;
