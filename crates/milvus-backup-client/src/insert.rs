//! [`RowSink`]: rows into a collection.

use arrow_array::{Array, RecordBatch};
use async_trait::async_trait;
use milvus::proto::common::KeyValuePair;
use milvus::proto::milvus as pb;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{CollectionName, Error, Result, RowSink};
use tonic::Status;

use crate::catalog::{POLL, call};
use crate::columns::encode_columns;
use crate::connection::MilvusConnection;
use crate::retry::retried;
use crate::status::{check, is_too_large};

/// Bytes of one insert to aim for. Servers take 64 MiB (`proxy.grpc.serverMaxRecvSize` of Milvus 2.3), and the
/// message is a little larger than the columns.
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
        let _turn = if alone { Some(self.insert_turn().await) } else { None };
        let mut accepted = 0;
        let mut rest = vec![batch];
        while let Some(batch) = rest.pop() {
            if batch.num_rows() == 0 {
                continue;
            }
            let bytes: usize =
                batch.columns().iter().map(|column| column.to_data().get_slice_memory_size().unwrap_or(0)).sum();
            if bytes > INSERT_BYTES && batch.num_rows() > 1 {
                rest.extend(halves(&batch));
                continue;
            }
            match self.insert_one(collection, schema, partition, &batch).await {
                Ok(rows) => {
                    accepted += rows;
                    if alone {
                        self.flush(collection).await?;
                    }
                }
                Err(error) if is_too_large(&error) && batch.num_rows() > 1 => rest.extend(halves(&batch)),
                Err(error) => return Err(error),
            }
        }
        Ok(accepted)
    }

    async fn flush(&self, collection: &CollectionName) -> Result<()> {
        let request = pb::FlushRequest {
            db_name: self.request_database(),
            collection_names: vec![collection.to_string()],
            ..Default::default()
        };
        let answer = call!(self, "Flush", flush, request)?;
        let name = collection.as_str();
        let segments = answer.coll_seg_i_ds.get(name).map(|ids| ids.data.clone()).unwrap_or_default();
        let flush_ts = answer.coll_flush_ts.get(name).copied().unwrap_or_default();
        loop {
            let request = pb::GetFlushStateRequest {
                segment_i_ds: segments.clone(),
                flush_ts,
                db_name: self.request_database(),
                collection_name: collection.to_string(),
            };
            match call!(self, "GetFlushState", get_flush_state, request) {
                Ok(answer) if answer.flushed => return Ok(()),
                Ok(_) => tokio::time::sleep(POLL).await,
                // A server without the call flushes before it answers.
                Err(Error::Unsupported { .. }) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    async fn stored_rows(&self, collection: &CollectionName, partition: Option<&str>) -> Result<u64> {
        let server = self.server().await?;
        let (db_name, collection_name) = (self.request_database(), collection.to_string());
        // A server without partitions has one, which is the collection.
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
    ) -> Result<u64> {
        let rows = batch.num_rows();
        let num_rows =
            u32::try_from(rows).map_err(|_| Error::Protocol { message: format!("a batch of {rows} rows") })?;
        // A call whose answer was lost may have been carried out, and a second one would double its rows: so it is
        // made again only where the server said that it did nothing, or never got it.
        let send = |mut client: crate::connection::Client, request| async move { client.insert(request).await };
        let answer = retried(self.retry_policy(), || async {
            let request = pb::InsertRequest {
                db_name: self.request_database(),
                collection_name: collection.to_string(),
                partition_name: partition.unwrap_or_default().to_owned(),
                fields_data: encode_columns(schema, batch)?,
                num_rows,
                ..Default::default()
            };
            match self.send(request, &send).await {
                Ok(answer) => check("Insert", answer).map(Ok),
                Err(status) if was_never_sent(&status) => Err(self.transport_error("Insert", &status)),
                Err(status) => Ok(Err(self.transport_error("Insert", &status))),
            }
        })
        .await??;
        let accepted = u64::try_from(answer.insert_cnt).unwrap_or(0);
        if accepted == rows as u64 {
            Ok(accepted)
        } else {
            Err(Error::Protocol { message: format!("{accepted} of {rows} rows were accepted") })
        }
    }
}

/// The two halves, the first one last, so that it is taken first.
fn halves(batch: &RecordBatch) -> [RecordBatch; 2] {
    let middle = batch.num_rows() / 2;
    [batch.slice(middle, batch.num_rows() - middle), batch.slice(0, middle)]
}

/// Whether no connection could be made for a call.
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
