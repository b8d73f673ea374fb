//! A directory on a local disk.

#[cfg(target_os = "linux")]
mod direct;
mod disk;
mod links;

#[cfg(target_os = "linux")]
pub(crate) use direct::DirectFiles;
pub(crate) use disk::LocalDisk;
