//! [`PinnedLogs`]: the log files of frozen segments, read as they were when they were frozen.
//!
//! Must always hold: bytes of another file, or of a file that was changed, are never returned.
//!
//! On a disk the files are held open, so that they remain readable after Milvus deletes them. Those for which no file
//! descriptors are left, and the objects of an object store, are read only if they still have the version that was
//! listed.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use milvus_backup_core::Result;
use milvus_backup_storage::error::{blocking, is_gone, of_disk, storage};
use milvus_backup_storage::{BufferPool, Directory, Storage, VersionedObject};

use crate::descriptors::spare_descriptors;
use crate::freeze::Unsettled;
use crate::frozen::{FrozenSegments, LogFile, LogStore};
use crate::listing::Listing;

/// Size of a reused buffer in bytes: slightly more than the readers of logs request at once.
const BUFFER_BYTES: usize = 9 << 20;

/// Size from which on a buffer is reused, in bytes. Smaller ones are cheap, and may be kept for long.
const MIN_REUSED: usize = 1 << 20;

/// The log files of frozen segments.
#[derive(Debug)]
pub(crate) struct PinnedLogs {
    directory: Directory,
    /// The root on a disk.
    local_root: Option<PathBuf>,
    open: HashMap<LogFile, Arc<File>>,
    buffers: BufferPool,
    /// Whether a file was missing or another one when it was read.
    gone: AtomicBool,
}

impl PinnedLogs {
    /// Creates a store of logs that pins nothing yet.
    pub(crate) fn new(storage: &Storage) -> Self {
        Self {
            directory: storage.directory(""),
            local_root: storage.local_root().map(Path::to_path_buf),
            open: HashMap::new(),
            buffers: BufferPool::new(BUFFER_BYTES),
            gone: AtomicBool::new(false),
        }
    }

    /// Returns whether a file was missing or another one when it was read.
    pub(crate) fn is_any_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }

    /// Pins the files of these segments, as far as they exist.
    pub(crate) async fn pin_segments(
        &mut self,
        listing: &Listing,
        segments: impl IntoIterator<Item = i64>,
    ) -> Result<()> {
        if self.local_root.is_none() {
            return Ok(());
        }
        let segments: BTreeSet<i64> = segments.into_iter().collect();
        let files = listing.files_of(&segments).cloned().collect();
        self.pin(files).await.map(drop)
    }

    /// Pins the files of frozen segments, and lets go of all others.
    ///
    /// # Errors
    /// [`Unsettled::Again`] if one of them does not exist any more.
    pub(crate) async fn pin_all(&mut self, frozen: &FrozenSegments) -> Result<(), Unsettled> {
        if self.local_root.is_none() {
            return Ok(());
        }
        let files: BTreeSet<LogFile> = frozen.files().cloned().collect();
        self.open.retain(|file, _| files.contains(file));
        match self.pin(files.into_iter().collect()).await?.first() {
            Some(missing) => Err(Unsettled::Again(format!("`{}` was deleted", missing.path))),
            None => Ok(()),
        }
    }

    /// Opens files that are not open yet, and returns those that do not exist.
    async fn pin(&mut self, mut files: Vec<LogFile>) -> Result<Vec<LogFile>> {
        let Some(root) = self.local_root.clone() else { return Ok(Vec::new()) };
        files.retain(|file| !self.open.contains_key(file));
        let limit = spare_descriptors().saturating_sub(self.open.len());
        let opened = blocking(move || {
            let mut opened = Vec::new();
            let mut missing = Vec::new();
            for file in files {
                // Beyond the limit, the existence is checked, and the version when it is read.
                match File::open(root.join(&file.path)) {
                    Ok(handle) if opened.len() < limit => opened.push((file, Arc::new(handle))),
                    Ok(_) => {}
                    Err(error) if error.kind() == io::ErrorKind::NotFound => missing.push(file),
                    Err(source) => return Err(storage("open", &file.path, of_disk(source))),
                }
            }
            Ok((opened, missing))
        });
        let (opened, missing) = opened.await??;
        self.open.extend(opened);
        Ok(missing)
    }

    async fn read_listed(&self, file: &LogFile, range: Range<u64>) -> Result<Bytes> {
        let object =
            VersionedObject { path: file.path.clone(), size_bytes: file.size_bytes, version: file.version.clone() };
        self.directory.read_version(&object, range).await
    }
}

#[async_trait]
impl LogStore for PinnedLogs {
    async fn read(&self, file: &LogFile, range: Range<u64>) -> Result<Bytes> {
        let read = match self.open.get(file) {
            Some(handle) => read_handle(Arc::clone(handle), file.clone(), range, self.buffers.clone()).await,
            None => self.read_listed(file, range).await,
        };
        read.inspect_err(|error| {
            if is_gone(error) {
                self.gone.store(true, Ordering::Relaxed);
            }
        })
    }
}

/// Reads a range of an open file, which must have the size that was listed.
async fn read_handle(handle: Arc<File>, file: LogFile, range: Range<u64>, buffers: BufferPool) -> Result<Bytes> {
    let path = file.path.clone();
    let read = blocking(move || -> io::Result<Bytes> {
        let found = handle.metadata()?.len();
        if found != file.size_bytes {
            let message = format!("it has {found} bytes, and had {}", file.size_bytes);
            return Err(io::Error::new(io::ErrorKind::NotFound, message));
        }
        let length = usize::try_from(range.end.saturating_sub(range.start)).map_err(io::Error::other)?;
        if !(MIN_REUSED..=BUFFER_BYTES).contains(&length) {
            let mut bytes = vec![0; length];
            handle.read_exact_at(&mut bytes, range.start)?;
            return Ok(Bytes::from(bytes));
        }
        let mut bytes = buffers.get();
        bytes.resize(length, 0);
        handle.read_exact_at(&mut bytes, range.start)?;
        Ok(buffers.freeze(bytes))
    });
    read.await?.map_err(|source| storage("read", path, of_disk(source)))
}
