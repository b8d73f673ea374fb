//! Bulk import: the server itself reads files. Here it finds their rows under their paths.

use milvus_backup_core::{CollectionName, Error, Result};

use super::refusals::{not_imported, unsupported};
use super::state::State;

impl State {
    /// Implements [`milvus_backup_core::RowSink::import_file`] on this state.
    pub(super) fn import_file(&mut self, name: &CollectionName, partition: Option<&str>, file: &str) -> Result<u64> {
        let call = "Import";
        if !self.model.capabilities.bulk_import {
            return Err(unsupported(call));
        }
        let partition = self.written_partition(call, name, partition)?;
        let Some(batches) = self.files.get(file).cloned() else {
            let reason = format!("failed to get file size of '{file}', error:stat {file}: no such file or directory");
            return Err(not_imported(file, &reason));
        };
        let refused = |error| match error {
            Error::Milvus { message, .. } => not_imported(file, &message),
            error => error,
        };
        // A failed import leaves nothing behind.
        let rows = batches.iter().map(|batch| {
            self.model.require_finite_numbers(batch)?;
            self.accepted(call, name, batch)
        });
        let rows = rows.collect::<Result<Vec<_>>>();
        let mut imported = 0;
        for rows in rows.map_err(refused)? {
            imported += self.store(name, &partition, rows, true)?;
        }
        let (now, polls) = (self.now(), self.lag.imports);
        let collection = self.get_mut(call, name)?;
        if collection.is_loaded(&partition)
            && let Some(partition) = collection.partition_mut(&partition)
        {
            partition.delay(now, polls, false);
        }
        Ok(imported)
    }
}
