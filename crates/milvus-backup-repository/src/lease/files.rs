//! The files of leases: their epochs, and how they are read.

use milvus_backup_core::{Error, Result};
use milvus_backup_storage::{Directory, Entry};

use super::document::LeaseDocument;
use crate::documents::from_bytes;
use crate::handle::read_document;

/// Number of times a lease is read before a fault in it is reported: a response can be damaged in flight.
const READS: usize = 3;

/// Returns the name of the file of an epoch.
pub(super) fn file_of(epoch: u64) -> String {
    format!("{epoch:08}.json")
}

/// Returns the epoch in the name of a file, which has at least eight digits.
pub(super) fn epoch_of(file: &str) -> Option<u64> {
    let epoch = file.strip_suffix(".json")?.parse().ok()?;
    (file_of(epoch) == file).then_some(epoch)
}

/// An epoch, and the entity tag of its file if the store reports one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Epoch {
    pub(super) number: u64,
    pub(super) e_tag: Option<String>,
}

/// Lists the existing epochs, in ascending order.
pub(super) async fn epochs(directory: &Directory) -> Result<Vec<Epoch>> {
    let files = directory.entries().await?.into_iter();
    let epoch = |entry: Entry| epoch_of(&entry.file).map(|number| Epoch { number, e_tag: entry.e_tag });
    let mut epochs: Vec<Epoch> = files.filter_map(epoch).collect();
    epochs.sort_unstable();
    Ok(epochs)
}

/// Reads the leases of all epochs, in ascending order, each repeatedly while it differs from `expected`. A lease that is
/// released meanwhile is left out.
pub(super) async fn read_all(
    directory: &Directory,
    expected: impl Fn(&LeaseDocument) -> bool + Send + Copy,
) -> Result<Vec<(u64, LeaseDocument)>> {
    let mut leases = Vec::new();
    for Epoch { number, .. } in epochs(directory).await? {
        leases.extend(read_until(directory, number, expected).await?.map(|lease| (number, lease)));
    }
    Ok(leases)
}

/// Reads the lease of an epoch, or returns `None` if there is none.
///
/// # Errors
/// [`Error::Refused`] if it still cannot be read after several attempts.
pub(super) async fn read(directory: &Directory, epoch: u64) -> Result<Option<LeaseDocument>> {
    read_until(directory, epoch, |_| true).await
}

/// Reads the lease of an epoch repeatedly while it cannot be read or differs from `expected`, at most [`READS`] times
/// in total.
pub(super) async fn read_until(
    directory: &Directory,
    epoch: u64,
    expected: impl Fn(&LeaseDocument) -> bool + Send,
) -> Result<Option<LeaseDocument>> {
    let file = file_of(epoch);
    let mut attempt = 1;
    loop {
        let Some(bytes) = read_document(directory, &file).await? else { return Ok(None) };
        let last = attempt == READS;
        match from_bytes::<LeaseDocument>(directory.path(), &file, &bytes) {
            Ok(lease) if last || expected(&lease) => return Ok(Some(lease)),
            Err(Error::Corrupted { message, .. }) if last => {
                return Err(Error::Refused {
                    reason: format!("the lock `{}/{file}` cannot be read: {message}", directory.path()),
                    hint: "remove it once no operation runs".into(),
                });
            }
            Err(error) if !matches!(error, Error::Corrupted { .. }) => return Err(error),
            Ok(_) | Err(_) => attempt += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_a_next_epoch() {
        for epoch in [1, 99_999_999, 100_000_000, u64::MAX] {
            assert_eq!(epoch_of(&file_of(epoch)), Some(epoch));
        }
        for file in ["1.json", "000000001.json", "00000001.json#1", "+0000001.json", "00000001"] {
            assert_eq!(epoch_of(file), None, "{file}");
        }
    }
}
