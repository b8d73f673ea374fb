//! Rows that are loaded, or stored, seconds before reads and lists have them, as on Milvus 2.3.

use super::collection::{Collection, Partition};

/// For how many calls of [`milvus_backup_core::ScanSession::pending_rows`] a server lags behind what it reports.
///
/// `u32::MAX` never catches up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lag {
    /// After partitions were loaded beside others: they are loaded, and their rows are not found.
    pub loads: u32,
    /// After a bulk import into a loaded partition: the import is complete, and its rows are not found.
    pub imports: u32,
    /// After a flush of a loaded partition: its rows are found, and are not in the list of loaded ones.
    pub flushes: u32,
}

/// Flushed rows of a partition that are late.
#[derive(Debug, Clone, Copy)]
pub(super) struct Late {
    /// The time until which they were inserted.
    until: u64,
    polls: u32,
    /// Whether reads find them.
    found: bool,
}

impl Partition {
    /// Makes the rows late that it has now, unless `polls` is 0.
    pub(super) fn delay(&mut self, now: u64, polls: u32, found: bool) {
        // What is not found does not become found because something else is late, too.
        let found = found && self.late.is_none_or(|late| late.found);
        if polls > 0 {
            self.late = Some(Late { until: now, polls, found });
        }
    }

    /// The time until which rows are not found.
    pub(super) fn hidden(&self) -> Option<u64> {
        self.late.filter(|late| !late.found).map(|late| late.until)
    }
}

impl Collection {
    /// Stored rows of these partitions that are not in the list of loaded ones, and one poll less until they are.
    pub(super) fn poll_pending(&mut self, partitions: &[String]) -> u64 {
        let mut pending = 0;
        for index in 0..self.partitions.len() {
            let is_loaded = self.is_loaded(&self.partitions[index].name);
            let partition = &mut self.partitions[index];
            if !partitions.is_empty() && !partitions.contains(&partition.name) {
                continue;
            }
            if !is_loaded {
                pending += partition.rows.flushed_until(u64::MAX);
            } else if let Some(late) = &mut partition.late {
                pending += partition.rows.flushed_until(late.until);
                late.polls = if late.polls == u32::MAX { u32::MAX } else { late.polls - 1 };
                partition.late = Some(*late).filter(|late| late.polls > 0);
            }
        }
        pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_found_stays_so_when_a_flush_comes() {
        let mut partition = Partition::new("p");
        partition.delay(5, 3, false);
        partition.delay(7, 1, true);
        assert_eq!(partition.hidden(), Some(7));
        let mut partition = Partition::new("p");
        partition.delay(5, 0, false);
        assert_eq!(partition.hidden(), None);
    }
}
