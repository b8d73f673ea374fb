//! Rows that are inserted, upserted, deleted, flushed and counted in storage.

use std::sync::Arc;

use arrow_array::RecordBatch;
use milvus_backup_core::schema::{CollectionSchema, PrimaryKey};
use milvus_backup_core::{Access, CollectionName, Result};

use super::collection::{Collection, DEFAULT_PARTITION};
use super::model::{Copies, Family, Statistics};
use super::rows::{Batch, RowRef};
use super::state::State;
use super::validation::require_columns;

impl State {
    /// Implements [`milvus_backup_core::RowSink::insert`] on this state.
    pub(super) fn insert(
        &mut self,
        name: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        batch: &RecordBatch,
    ) -> Result<u64> {
        // The client sends nothing then.
        if batch.num_rows() == 0 {
            return Ok(0);
        }
        require_columns(schema, batch)?;
        self.permit(Access::Insert, "Insert")?;
        let partition = self.written_partition("Insert", name, partition)?;
        let rows = self.accepted("Insert", name, batch)?;
        self.store(name, &partition, rows, false)
    }

    /// Inserts rows in place of those with their keys.
    pub(super) fn upsert(
        &mut self,
        name: &CollectionName,
        partition: Option<&str>,
        batch: &RecordBatch,
    ) -> Result<u64> {
        let partition = self.written_partition("Upsert", name, partition)?;
        let rows = self.accepted("Upsert", name, batch)?;
        let keys = keys_of(&self.get("Upsert", name)?.schema, &rows)?;
        if self.model.rows.copies != Copies::Replaced {
            // Copies in other partitions stay.
            self.delete(name, Some(&partition), &keys)?;
        }
        self.store(name, &partition, rows, false)
    }

    /// Deletes the rows with these keys, on Milvus of one partition where one is named.
    pub(super) fn delete(&mut self, name: &CollectionName, partition: Option<&str>, keys: &[PrimaryKey]) -> Result<()> {
        let now = self.now();
        let partition = partition.filter(|_| self.model.family == Family::Milvus).map(str::to_owned);
        let collection = self.get_mut("Delete", name)?;
        for part in &mut collection.partitions {
            if partition.as_ref().is_none_or(|partition| *partition == part.name) {
                part.rows.delete(keys, now);
            }
        }
        Ok(())
    }

    /// Implements [`milvus_backup_core::RowSink::flush`] on this state.
    pub(super) fn flush(&mut self, name: &CollectionName) -> Result<()> {
        self.permit(Access::Flush, "Flush")?;
        let (now, polls) = (self.now(), self.lag.flushes);
        if self.find(name).is_none() && self.model.rows.flushes_unknown {
            return Ok(());
        }
        let collection = self.get_mut("Flush", name)?;
        let loaded: Vec<bool> =
            collection.partitions.iter().map(|partition| collection.is_loaded(&partition.name)).collect();
        for (partition, is_loaded) in collection.partitions.iter_mut().zip(loaded) {
            partition.rows.flush();
            if is_loaded {
                partition.delay(now, polls, true);
            }
        }
        Ok(())
    }

    /// Implements [`milvus_backup_core::RowSink::stored_rows`] on this state.
    pub(super) fn stored_rows(&self, name: &CollectionName, partition: Option<&str>) -> Result<u64> {
        let partition = partition.filter(|_| self.model.capabilities.partitions);
        let call = if partition.is_some() { "GetPartitionStatistics" } else { "GetCollectionStatistics" };
        let collection = self.get(call, name)?;
        let (statistics, copies) = (self.model.rows.statistics, self.model.rows.copies);
        let Some(partition) = partition else {
            self.permit(Access::Statistics, call)?;
            return Ok(match statistics {
                Statistics::Live => self.view(name, &collection.partition_names(), None).count(),
                Statistics::Flushed => {
                    let partitions = collection.partitions.iter();
                    partitions.map(|partition| partition.rows.stored(statistics, copies)).sum()
                }
            });
        };
        let is_spread = collection.schema.has_partition_key();
        match collection.partition(partition) {
            // Hash partitions are not called `_default`, which is empty where it can be named at all.
            Some(_) if is_spread && self.model.rows.names_spread_partitions => Ok(0),
            Some(found) if !is_spread => Ok(found.rows.stored(statistics, copies)),
            _ => Err(self.model.family.partition_not_found(call, partition)),
        }
    }

    /// Stores rows that were accepted. Returns their number.
    pub(super) fn store(
        &mut self,
        name: &CollectionName,
        partition: &str,
        rows: RecordBatch,
        flushed: bool,
    ) -> Result<u64> {
        let (now, replaces) = (self.now(), self.model.rows.copies == Copies::Replaced);
        let loads = self.model.loading.writes_load;
        let collection = self.get_mut("Insert", name)?;
        let keys = keys_of(&collection.schema, &rows)?;
        let (count, batch) = (keys.len() as u64, Batch::new(rows));
        collection.inserted += i64::try_from(count).unwrap();
        for (row, key) in keys.into_iter().enumerate() {
            if replaces {
                collection.take_back(&key);
            }
            let row = RowRef { batch: Arc::clone(&batch), row };
            collection.partition_mut(partition).unwrap().rows.insert(key, row, now, flushed);
        }
        // The C++ core loads a collection with whatever it does with it.
        if loads {
            collection.load_all();
        }
        Ok(count)
    }

    /// The partition that rows are written to.
    pub(super) fn written_partition(
        &self,
        call: &str,
        name: &CollectionName,
        partition: Option<&str>,
    ) -> Result<String> {
        let family = self.model.family;
        let collection = self.get(call, name)?;
        let Some(partition) = partition.filter(|_| self.model.capabilities.partitions) else {
            return Ok(DEFAULT_PARTITION.to_owned());
        };
        if collection.schema.has_partition_key() {
            let named = self.model.rows.names_spread_partitions;
            return if named { Ok(DEFAULT_PARTITION.to_owned()) } else { Err(family.spread(call)) };
        }
        match collection.partition(partition) {
            Some(_) => Ok(partition.to_owned()),
            None => Err(family.partition_not_found(call, partition)),
        }
    }

    /// The rows of a batch as the collection keeps them.
    pub(super) fn accepted(&mut self, call: &str, name: &CollectionName, batch: &RecordBatch) -> Result<RecordBatch> {
        let collection = self.get(call, name)?;
        let (schema, mut row_number) = (collection.schema.clone(), collection.inserted);
        let model = self.model.clone();
        model.accept(&schema, batch, || {
            row_number += 1;
            if model.rows.numbers_rows { row_number } else { self.new_id() }
        })
    }
}

impl Collection {
    /// Forgets the row of a key that is not flushed, wherever it is: there is one at most.
    fn take_back(&mut self, key: &PrimaryKey) {
        self.partitions.iter_mut().for_each(|partition| partition.rows.take_back(key));
    }
}

fn keys_of(schema: &CollectionSchema, rows: &RecordBatch) -> Result<Vec<PrimaryKey>> {
    let keys = rows.column_by_name(&schema.primary_key()?.name).unwrap();
    (0..rows.num_rows()).map(|row| PrimaryKey::at(keys, row)).collect()
}
