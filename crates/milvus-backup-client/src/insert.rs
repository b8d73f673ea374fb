//! [`RowSink`]: inserting rows into a collection.

use arrow_array::RecordBatch;
use async_trait::async_trait;
use milvus::proto::common::KeyValuePair;
use milvus::proto::milvus as pb;
use milvus::proto::milvus::MutationResult;
use milvus_backup_core::schema::{CollectionSchema, value_bytes};
use milvus_backup_core::{CollectionName, Error, INSERT_IDEMPOTENCY, Result, RowSink, SegmentCatalog};
use tonic::Status;

use crate::call::call;
use crate::connection::MilvusConnection;
use crate::idempotency::IdempotencyKey;
use crate::polling::POLL;
use crate::refusal::{CallResult, Refusal, RefusalKind};
use crate::status::checked;
use crate::versions::Server;
use crate::wire::{self, InsertRows};

/// Target size of one insert in bytes. Servers accept 64 MiB (`proxy.grpc.serverMaxRecvSize` of Milvus 2.3), and the
/// message is slightly larger than the columns.
const INSERT_BYTES: usize = 16 << 20;

#[async_trait]
impl RowSink for MilvusConnection {
    async fn insert(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        batch: RecordBatch,
    ) -> Result<u64> {
        let server = self.server().await?;
        let alone = schema.fields.iter().any(|field| server.needs_flush_after_insert(field.data_type));
        let _permit = if alone { Some(self.insert_permit().await) } else { None };
        let mut accepted = 0;
        let mut rest = parts(&batch);
        while let Some(batch) = rest.pop() {
            match self.insert_one(collection, schema, partition, &batch).await {
                Ok(rows) => {
                    accepted += rows;
                    if alone {
                        self.flush(collection).await?;
                    }
                }
                Err(failure) if failure.is_too_large() && batch.num_rows() > 1 => rest.extend(halves(&batch)),
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(accepted)
    }

    async fn import_file(&self, collection: &CollectionName, partition: Option<&str>, file: &str) -> Result<u64> {
        self.import(collection, partition, file).await
    }

    async fn flush(&self, collection: &CollectionName) -> Result<()> {
        let flush = self.request_flush(collection).await?;
        while !self.is_flushed(collection, &flush).await? {
            self.environment().sleep(POLL).await;
        }
        Ok(())
    }

    async fn stored_rows(&self, collection: &CollectionName, partition: Option<&str>) -> Result<u64> {
        let server = self.server().await?;
        let (db_name, collection_name) = (self.request_database(), collection.to_string());
        // A server without partitions has a single one, which is the collection.
        let partition = partition.filter(|_| server.has_partitions());
        let stats = if let Some(partition) = partition {
            let partition_name = partition.to_owned();
            let request =
                pb::GetPartitionStatisticsRequest { db_name, collection_name, partition_name, ..Default::default() };
            call!(self, "GetPartitionStatistics", get_partition_statistics, request)?.stats
        } else {
            let request = pb::GetCollectionStatisticsRequest { db_name, collection_name, ..Default::default() };
            call!(self, "GetCollectionStatistics", get_collection_statistics, request)?.stats
        };
        row_count(&stats)
    }
}

impl MilvusConnection {
    async fn insert_one(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        batch: &RecordBatch,
    ) -> CallResult<u64> {
        let rows = batch.num_rows();
        let request = || InsertRows::new(self.request_database(), collection, partition, schema, batch);
        let answer = match self.insert_key(schema).await? {
            None => self.insert_under(None, &request).await?,
            Some(key) => match self.insert_under(Some(&key), &request).await {
                // A key is refused as a parameter if the server is not set to accept keys (milvus#50007).
                Err(failure) if failure.is_of_a_parameter() => {
                    let answer = self.insert_under(None, &request).await?;
                    self.idempotency_keys().mark_refused();
                    answer
                }
                answer => answer?,
            },
        };
        let accepted = u64::try_from(answer.insert_cnt).unwrap_or(0);
        if accepted == rows as u64 {
            Ok(accepted)
        } else {
            Err(Error::Protocol { message: format!("{accepted} of {rows} rows were accepted") }.into())
        }
    }

    /// Returns the key for one insert into a collection that is set to recognise repetitions.
    async fn insert_key(&self, schema: &CollectionSchema) -> Result<Option<IdempotencyKey>> {
        let keys = self.idempotency_keys();
        let is_set = schema.properties.get(INSERT_IDEMPOTENCY).is_some_and(|value| value == "true");
        if !is_set || keys.are_refused() || !self.server().await?.has_insert_keys() {
            return Ok(None);
        }
        keys.next(self.environment()).map(Some)
    }

    async fn insert_under(
        &self,
        key: Option<&IdempotencyKey>,
        request: &(impl Fn() -> Result<InsertRows> + Sync),
    ) -> CallResult<MutationResult> {
        let server = self.server().await?;
        // A call whose response was lost may have been carried out, and repeating it without a key would duplicate its
        // rows: it is then repeated only if the server reported that it did nothing, or never received it.
        let send = |_, request| wire::insert(self.transport(), request, self.buffers());
        let insert = || async {
            match self.send_under(key, request()?, &send).await {
                Ok(answer) => match checked(answer).map_err(|refusal| self.failure("Insert", refusal)) {
                    // Milvus Lite 3 loses a new partition if two of its threads open the collection concurrently, as
                    // any listing of all collections does. The collection must be recreated.
                    Err(failure) if server == Server::Lite3 && failure.is(RefusalKind::PartitionNotFound) => {
                        Ok(Err(failure.transient()))
                    }
                    checked => checked.map(Ok),
                },
                Err(status) if key.is_some() || was_never_sent(&status) => {
                    Err(self.failure("Insert", Refusal::Grpc(status)))
                }
                Err(status) => Ok(Err(self.failure("Insert", Refusal::Grpc(status)))),
            }
        };
        self.rate_limiter().retried(self.retry_policy(), insert).await?
    }
}

/// Splits a batch into parts of about [`INSERT_BYTES`], in reverse order, so that the first one is popped first; empty
/// without rows.
fn parts(batch: &RecordBatch) -> Vec<RecordBatch> {
    // Measured for the complete batch: a slice of lists would count the values outside of it.
    let bytes = value_bytes(batch);
    let rows = batch.num_rows();
    let per_part = rows.div_ceil(bytes.div_ceil(INSERT_BYTES).max(1)).max(1);
    let part = |first| batch.slice(first, per_part.min(rows - first));
    (0..rows).step_by(per_part).map(part).rev().collect()
}

/// Returns the two halves in reverse order, so that the first one is popped first.
fn halves(batch: &RecordBatch) -> [RecordBatch; 2] {
    let middle = batch.num_rows() / 2;
    [batch.slice(middle, batch.num_rows() - middle), batch.slice(0, middle)]
}

/// Returns whether no connection could be made for a call.
fn was_never_sent(status: &Status) -> bool {
    let first = std::error::Error::source(status);
    let mut causes = std::iter::successors(first, |cause| cause.source());
    causes.any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused)
    })
}

fn row_count(stats: &[KeyValuePair]) -> Result<u64> {
    stats
        .iter()
        .find(|pair| pair.key == "row_count")
        .and_then(|pair| pair.value.parse().ok())
        .ok_or_else(|| Error::Protocol { message: "statistics without row_count".to_owned() })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::builder::{Float32Builder, ListBuilder};
    use arrow_schema::{DataType, Field, Schema};

    use super::*;

    /// Returns a batch of vectors of 1 KiB each.
    fn vectors(rows: usize) -> RecordBatch {
        let item = Arc::new(Field::new("element", DataType::Float32, false));
        let mut lists = ListBuilder::new(Float32Builder::new()).with_field(Arc::clone(&item));
        for _ in 0..rows {
            lists.values().append_slice(&[0.5; 256]);
            lists.append(true);
        }
        let schema = Schema::new(vec![Field::new("vector", DataType::List(item), true)]);
        RecordBatch::try_new(Arc::new(schema), vec![Arc::new(lists.finish())]).unwrap()
    }

    #[test]
    fn a_batch_is_sent_in_few_parts() {
        for (rows, expected) in
            [(0, vec![]), (1, vec![1]), (16_000, vec![16_000]), (40_000, vec![13_334, 13_334, 13_332])]
        {
            let sizes: Vec<usize> = parts(&vectors(rows)).iter().rev().map(RecordBatch::num_rows).collect();
            assert_eq!(sizes, expected);
        }
    }
}
