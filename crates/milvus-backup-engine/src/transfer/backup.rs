//! The transfer of a backup: units of its partitions are read concurrently, each as a stream of batches from a session to a
//! writer.
//!
//! Must always hold: memory usage is bounded by the limit of the plan, regardless of the size of the collection, and a file
//! is recorded in the journal only once it is durable.

use std::sync::Arc;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use milvus_backup_core::{
    BackupPlan, ChunkMetadata, CompletedChunks, Environment, Error, FailedPartition, FileNumbers, Progress,
    ProgressEvent, Result, RetryPolicy, RowOrder, ScanSession, ScanUnit, Transaction, UnitFiles, UnitWriters,
    WrittenRows,
};

use super::assembly::{Assembled, Assembly};
use super::budget::Budget;
use super::stealing::{OpenUnit, Units};
use super::unit::UnitTransfer;

/// Transfers the rows of a plan from a session to data files. Nothing is visible before its result is committed.
#[derive(Debug)]
pub(crate) struct BackupTransfer<'a> {
    pub(crate) plan: &'a BackupPlan,
    pub(crate) session: &'a dyn ScanSession,
    pub(crate) transaction: &'a dyn Transaction,
    pub(crate) writers: &'a dyn UnitWriters,
    /// The retries of writing a data file.
    pub(crate) retries: RetryPolicy,
    pub(crate) environment: &'a Environment,
    pub(crate) progress: Arc<dyn Progress>,
}

impl BackupTransfer<'_> {
    /// Writes all rows of the units.
    ///
    /// # Errors
    /// The error of the first unit that fails; if failed partitions are skipped, only if all of them fail.
    pub(crate) async fn write(&self, units: &[ScanUnit]) -> Result<WrittenRows> {
        self.write_missing(units, self.plan.partitions.iter().map(|_| CompletedChunks::nothing()).collect()).await
    }

    /// Writes the rows that an interrupted attempt did not write. Complete and unchanged data files are kept.
    ///
    /// # Errors
    /// Those of [`Self::write`].
    pub(crate) async fn resume(&self, units: &[ScanUnit]) -> Result<WrittenRows> {
        let completed = self.transaction.completed_chunks().await?;
        for (partition, found) in self.plan.partitions.iter().zip(&completed) {
            for chunk in &found.chunks {
                self.progress.event(ProgressEvent::Advanced {
                    partition: partition.name.clone(),
                    rows: chunk.row_count,
                    bytes: chunk.uncompressed_size_bytes,
                });
            }
        }
        let kept: Vec<&ChunkMetadata> = completed.iter().flat_map(|found| &found.chunks).collect();
        self.transaction.retain(&kept).await?;
        self.write_missing(units, completed).await
    }

    /// Writes the missing rows of each partition.
    async fn write_missing(&self, units: &[ScanUnit], completed: Vec<CompletedChunks>) -> Result<WrittenRows> {
        let budget = Budget::new(self.plan, units);
        let primary_key = self.plan.description.schema.primary_key()?;
        let transfers = self.unit_transfers(budget, &primary_key.name, units, &completed);
        let missing = self.missing_units(units, &completed);
        let names = self.plan.partitions.iter().map(|partition| partition.name.as_str());
        let mut assemblies: Vec<Assembly> =
            names.zip(completed).map(|(name, completed)| Assembly::new(name, completed.chunks)).collect();
        let mut units = Units::new(self.session, missing);
        let mut writing = FuturesUnordered::new();
        loop {
            while writing.len() < budget.workers
                && let Some(open) = units.next()
            {
                let transfer = &transfers[open.partition];
                writing.push(async move { (Arc::clone(&open), transfer.write(&open).await) });
            }
            let Some((open, outcome)) = writing.next().await else { break };
            let is_last = units.done(&open);
            match outcome {
                Err(error) if !self.plan.skip_failed_partitions => return Err(error),
                outcome => assemblies[open.partition].add(outcome, is_last, self.progress.as_ref()),
            }
        }
        drop(writing);
        let assembled = assemblies.into_iter().map(|assembly| assembly.finish(primary_key));
        self.written(assembled.collect::<Result<Vec<_>>>()?).await
    }

    /// Returns the writers for the units of each partition.
    fn unit_transfers<'a>(
        &'a self,
        budget: Budget,
        primary_key: &'a str,
        units: &[ScanUnit],
        completed: &[CompletedChunks],
    ) -> Vec<UnitTransfer<'a>> {
        let transfer = |(partition, completed): (&str, &CompletedChunks)| UnitTransfer {
            session: self.session,
            transaction: self.transaction,
            writers: self.writers,
            files: UnitFiles {
                partition: partition.to_owned(),
                numbers: Arc::new(FileNumbers::starting_at(completed.next_file)),
                order: order_of(partition, units),
                chunk_size_bytes: self.plan.chunk_size_bytes,
                row_group_bytes: budget.row_group_bytes,
            },
            primary_key,
            page_bytes: budget.page_bytes,
            retries: self.retries,
            environment: self.environment,
            progress: &self.progress,
        };
        let names = self.plan.partitions.iter().map(|partition| partition.name.as_str());
        names.zip(completed).map(transfer).collect()
    }

    /// Returns the units, or parts of them, that no complete file covers. A unit that is not a range of keys is read entirely.
    fn missing_units(&self, units: &[ScanUnit], completed: &[CompletedChunks]) -> Vec<OpenUnit> {
        let mut missing = Vec::new();
        for (index, (partition, completed)) in self.plan.partitions.iter().zip(completed).enumerate() {
            for unit in units.iter().filter(|unit| unit.partition == partition.name) {
                if unit.keys().is_none() {
                    missing.push(OpenUnit::new(index, unit.clone()));
                    continue;
                }
                let parts = completed.missing.iter().filter_map(|range| unit.within(range));
                missing.extend(parts.map(|part| OpenUnit::new(index, part)));
            }
        }
        missing
    }

    /// Returns the rows to commit. Files of failed partitions are removed.
    async fn written(&self, assembled: Vec<Assembled>) -> Result<WrittenRows> {
        let (mut partitions, mut failed) = (Vec::new(), Vec::new());
        for outcome in assembled {
            match outcome {
                Ok(partition) => partitions.push(partition),
                Err(failure) => failed.push(failure),
            }
        }
        if partitions.is_empty() && !failed.is_empty() {
            return Err(failed.swap_remove(0).1);
        }
        if !failed.is_empty() {
            let kept: Vec<&ChunkMetadata> = partitions.iter().flat_map(|partition| &partition.chunks).collect();
            self.transaction.retain(&kept).await?;
        }
        let describe = |(name, error): (String, Error)| FailedPartition { name, error: error.full_message() };
        Ok(WrittenRows { partitions, failed: failed.into_iter().map(describe).collect(), native: None })
    }
}

/// Returns the order of the rows of a partition.
fn order_of(partition: &str, units: &[ScanUnit]) -> RowOrder {
    let mut orders = units.iter().filter(|unit| unit.partition == partition).map(|unit| unit.order);
    if orders.all(|order| order == RowOrder::PrimaryKey) { RowOrder::PrimaryKey } else { RowOrder::Unordered }
}
