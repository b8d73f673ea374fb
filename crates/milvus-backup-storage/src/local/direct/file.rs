//! A file that is written bypassing the page cache, under a temporary name until it is complete.

use std::fs::{self, File, OpenOptions};
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::pool::ALIGNMENT;

/// A file that is being written.
#[derive(Debug)]
pub(super) struct DirectFile {
    path: PathBuf,
    /// The same file opened twice: with `O_DIRECT`, and for writes that do not fill blocks. The former is `None` if the
    /// kernel does not support it.
    direct: Option<File>,
    cached: File,
}

impl DirectFile {
    /// Starts a file beside `destination`, and creates missing directories. `None` on a file system whose direct writes
    /// are not well tested.
    pub(super) fn begin(destination: &Path) -> Result<Option<Self>> {
        if !is_well_tried(destination) {
            return Ok(None);
        }
        let mut number = 1_u32;
        loop {
            let path = temporary(destination, number);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(cached) => return Ok(Some(Self { direct: open_direct(&path), path, cached })),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
                Err(error) if error.kind() == ErrorKind::NotFound && number == 1 => make_directory_of(destination)?,
                Err(error) => return Err(error),
            }
        }
    }

    /// Writes bytes at `offset`. Those that fill blocks bypass the page cache if they are aligned in memory.
    pub(super) fn write_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        let is_aligned = bytes.as_ptr().align_offset(ALIGNMENT) == 0 && offset.is_multiple_of(ALIGNMENT as u64);
        let blocks = if is_aligned { bytes.len() - bytes.len() % ALIGNMENT } else { 0 };
        let (blocks, rest) = bytes.split_at(blocks);
        match &self.direct {
            Some(direct) => match direct.write_all_at(blocks, offset) {
                // The blocks of the disk are larger.
                Err(error) if error.kind() == ErrorKind::InvalidInput => self.cached.write_all_at(blocks, offset)?,
                written => written?,
            },
            None => self.cached.write_all_at(blocks, offset)?,
        }
        self.cached.write_all_at(rest, offset + blocks.len() as u64)
    }

    /// Gives the file its name, durably: first its bytes are synchronised, then it is renamed, then the directory is
    /// synchronised.
    pub(super) fn publish(&self, destination: &Path) -> Result<()> {
        self.cached.sync_all()?;
        fs::rename(&self.path, destination)?;
        sync_directory_of(destination)
    }

    /// Removes the incomplete file.
    pub(super) fn remove(&self) -> Result<()> {
        fs::remove_file(&self.path)
    }
}

/// Returns whether a path, which need not exist yet, is on ext4 or XFS. Other file systems reject direct writes,
/// perform them through the cache, or wait for a server on each of them.
fn is_well_tried(path: &Path) -> bool {
    const EXT4: u64 = 0xEF53;
    const XFS: u64 = 0x5846_5342;
    let found = path.ancestors().find_map(|path| rustix::fs::statfs(path).ok());
    found.and_then(|found| u64::try_from(found.f_type).ok()).is_some_and(|kind| [EXT4, XFS].contains(&kind))
}

/// Returns the temporary name, which follows the convention of uploads of `object_store`.
fn temporary(destination: &Path, number: u32) -> PathBuf {
    let mut path = destination.as_os_str().to_owned();
    path.push(format!("#{number}"));
    path.into()
}

fn open_direct(path: &Path) -> Option<File> {
    let flags = i32::try_from((OFlags::DIRECT | OFlags::NOFOLLOW).bits()).ok()?;
    OpenOptions::new().write(true).custom_flags(flags).open(path).ok()
}

fn make_directory_of(path: &Path) -> Result<()> {
    let directory = path.parent().ok_or_else(|| Error::from(ErrorKind::InvalidInput))?;
    let missing: Vec<&Path> = directory.ancestors().take_while(|path| !path.exists()).collect();
    fs::create_dir_all(directory)?;
    missing.into_iter().rev().try_for_each(sync_directory_of)
}

fn sync_directory_of(path: &Path) -> Result<()> {
    path.parent().map_or(Ok(()), |directory| File::open(directory)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Starts a file on the disk that holds the sources, if its direct writes are well tested.
    fn begin(destination: &Path) -> Option<DirectFile> {
        DirectFile::begin(destination).unwrap()
    }

    fn directory() -> tempfile::TempDir {
        tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap()
    }

    #[test]
    fn bytes_come_to_their_places_whatever_their_alignment() {
        let directory = directory();
        let destination = directory.path().join("a/b/file");
        let Some(file) = begin(&destination) else { return };
        let memory: Vec<u8> = (0..=250).cycle().take(4 * ALIGNMENT).collect();
        let aligned = memory.as_ptr().align_offset(ALIGNMENT);
        let mut written = Vec::new();
        for (start, length) in [(0, 2 * ALIGNMENT), (0, ALIGNMENT), (1, ALIGNMENT), (0, 10), (0, ALIGNMENT + 3)] {
            let part = &memory[aligned + start..][..length];
            file.write_at(part, written.len() as u64).unwrap();
            written.extend_from_slice(part);
        }
        assert!(!destination.exists());
        file.publish(&destination).unwrap();
        assert!(fs::read(&destination).unwrap() == written);
        assert_eq!(fs::read_dir(destination.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn two_at_once_do_not_share_a_file() {
        let directory = directory();
        let destination = directory.path().join("file");
        let (Some(one), Some(other)) = (begin(&destination), begin(&destination)) else { return };
        one.write_at(b"one", 0).unwrap();
        other.write_at(b"other", 0).unwrap();
        one.publish(&destination).unwrap();
        other.remove().unwrap();
        assert_eq!(fs::read(&destination).unwrap(), b"one");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn file_systems_without_a_disk_are_left_alone() {
        assert!(DirectFile::begin(Path::new("/proc/file")).unwrap().is_none());
    }
}
