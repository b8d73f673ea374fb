//! The number of files that may be held open.

/// Descriptors that are left for connections, for the files of the backup and for everything else.
const RESERVED: u64 = 256;

/// Returns the number of files that this process may hold open in addition to everything else that it opens.
pub(crate) fn spare_descriptors() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    limit.map_or(usize::MAX, |limit| usize::try_from(limit.saturating_sub(RESERVED)).unwrap_or(usize::MAX))
}
