//! The writers of data files. They only encode rows: the source of the rows, the journal and retries are the
//! responsibility of the caller.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use async_trait::async_trait;

use super::unit::RowOrder;
use crate::error::Result;
use crate::model::ChunkMetadata;

/// Writes the data files of a unit of rows, one after the other.
///
/// A writer that is dropped before its end discards its open file in the background, see [`UnitWriters::settle`].
///
/// # Errors
/// Every method fails with [`crate::Error::Encoding`] for rows that cannot be encoded, and with
/// [`crate::Error::Storage`] if the store cannot be written to.
#[async_trait]
pub trait UnitWriter: Send {
    /// Appends rows. Returns the data file that this completed, which is then durable; `None` while it is open.
    ///
    /// Nothing but [`UnitWriter::abort`] may follow an error.
    async fn append(&mut self, rows: RecordBatch) -> Result<Option<ChunkMetadata>>;

    /// Completes the open file and makes it durable; returns `None` if no rows followed the last completed file.
    async fn finish(self: Box<Self>) -> Result<Option<ChunkMetadata>>;

    /// Discards the open file, and removes its uploaded parts. Completed files are kept.
    async fn abort(self: Box<Self>);
}

/// Creates the writers of one backup, which share their buffers.
#[async_trait]
pub trait UnitWriters: Send + Sync + Debug {
    /// Creates a writer. Nothing is created in the repository before rows are appended.
    fn writer(&self, unit: UnitFiles) -> Box<dyn UnitWriter>;

    /// Waits until the open files of dropped writers are discarded.
    async fn settle(&self);
}

/// The names and sizes of the data files of a unit.
#[derive(Debug, Clone)]
pub struct UnitFiles {
    /// The partition of the rows.
    pub partition: String,
    /// The allocator of the numbers of its files.
    pub numbers: Arc<FileNumbers>,
    /// The order in which rows are appended.
    pub order: RowOrder,
    /// Target size of a data file in bytes.
    pub chunk_size_bytes: u64,
    /// Bytes of column values in one row group.
    pub row_group_bytes: usize,
}

/// The allocator of file numbers of one partition, which its units share.
#[derive(Debug, Default)]
pub struct FileNumbers {
    state: Mutex<FreeNumbers>,
}

#[derive(Debug, Default)]
struct FreeNumbers {
    next: usize,
    returned: BTreeSet<usize>,
}

impl FileNumbers {
    /// Creates an allocator of the numbers from `next` on.
    pub fn starting_at(next: usize) -> Self {
        Self { state: Mutex::new(FreeNumbers { next, returned: BTreeSet::new() }) }
    }

    /// Allocates the smallest unused number.
    pub fn take(&self) -> usize {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(returned) = state.returned.pop_first() {
            return returned;
        }
        state.next += 1;
        state.next - 1
    }

    /// Returns the number of a discarded file to the allocator.
    pub fn give_back(&self, number: usize) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).returned.insert(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_file_that_was_given_up_is_used_again() {
        let numbers = FileNumbers::starting_at(3);
        assert_eq!([numbers.take(), numbers.take(), numbers.take()], [3, 4, 5]);
        numbers.give_back(5);
        numbers.give_back(4);
        assert_eq!([numbers.take(), numbers.take(), numbers.take()], [4, 5, 6]);
    }
}
