//! The plan of a backup: the state of the collection, and the parameters of reading and writing.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::try_join_all;
use milvus_backup_core::{
    BackupPlan, CollectionDescription, CollectionName, CompressionCodec, Error, PartitionPlan, ReadPoint, Result,
    ScanOptions, ScanSession,
};

use super::job::{CreateJob, Scan};
use super::scan_targets::scan_targets;
use super::undo_step::Undo;

/// The rows of a backup, as far as they are known before they are read.
#[derive(Debug)]
pub(super) struct RowsToRead {
    pub(super) partitions: Vec<String>,
    /// Number of rows of each partition.
    pub(super) counts: Vec<u64>,
    pub(super) read_point: ReadPoint,
    pub(super) was_loaded: bool,
}

impl CreateJob<'_> {
    /// Creates the plan from the current state of the collection, and determines the read point.
    pub(super) async fn plan(
        &mut self,
        mut description: CollectionDescription,
        partitions: Vec<String>,
        backup_name: String,
        was_loaded: bool,
    ) -> Result<(BackupPlan, Scan)> {
        let database_properties = self.database_properties(&mut description).await?;
        let session = self.open_session(&description, None).await?;
        let counts = try_join_all(partitions.iter().map(|partition| session.count_rows(partition))).await?;
        let rows = RowsToRead { partitions, counts, read_point: session.read_point(), was_loaded };
        let plan = self.plan_of(description, database_properties, rows, backup_name).await?;
        let units = session.plan(&scan_targets(&plan)).await?;
        Ok((plan, Scan { session, units }))
    }

    /// Returns the plan to back up these rows with the parameters of this job.
    pub(super) async fn plan_of(
        &self,
        description: CollectionDescription,
        database_properties: BTreeMap<String, String>,
        rows: RowsToRead,
        backup_name: String,
    ) -> Result<BackupPlan> {
        let (milvus, config, params) = (&self.manager.catalog, &self.manager.repository.config, self.params);
        let addressable = !description.schema.has_partition_key();
        let partition = |(name, expected_rows)| PartitionPlan { name, addressable, expected_rows };
        let codec = params.compression_codec.unwrap_or(config.compression_codec);
        let compression_enabled =
            params.compression_enabled.unwrap_or(config.compression_enabled) && codec != CompressionCodec::None;
        let replicas = milvus.replica_number(&self.collection.name);
        Ok(BackupPlan {
            backup_id: self.backup_id.clone(),
            backup_name,
            collection: self.collection.clone(),
            collection_id: self.pin.mark.id(),
            milvus_uri: milvus.uri().to_owned(),
            created_at: self.created_at,
            backup_type: params.backup_type,
            partitions: rows.partitions.into_iter().zip(rows.counts).map(partition).collect(),
            description,
            database_properties,
            storage_type: self.manager.storage_type(),
            source: self.source,
            read_point: rows.read_point,
            compression_enabled,
            compression_codec: if compression_enabled { codec } else { CompressionCodec::None },
            compression_level: params.compression_level.unwrap_or(config.compression_level),
            checksum_algorithm: params.checksum_algorithm.unwrap_or(config.checksum_algorithm),
            include_indexes: params.include_indexes,
            chunk_size_bytes: params.chunk_size_bytes.unwrap_or_else(|| config.chunk_size_bytes()),
            concurrency: params.concurrency.unwrap_or(config.max_concurrent_chunks),
            memory_limit_bytes: config.memory_limit_bytes,
            skip_failed_partitions: params.skip_failed_partitions,
            tags: params.tags.clone(),
            set_id: params.set_id.clone(),
            milvus_version: milvus.server_version().await?,
            was_loaded: rows.was_loaded,
            replica_number: if rows.was_loaded { replicas.await? } else { None },
        })
    }

    /// Opens a session, which the job closes at its end, optionally at the read point of an earlier one.
    pub(super) async fn open_session(
        &mut self,
        description: &CollectionDescription,
        read_point: Option<ReadPoint>,
    ) -> Result<Arc<dyn ScanSession>> {
        let options = ScanOptions { read_point };
        let session = self.row_source()?.open(&self.collection.name, &description.schema, options).await?;
        self.undo.push(Undo::Close(Arc::clone(&session)));
        Ok(session)
    }

    /// Returns the properties of the database. If this user may not read them, that is a limitation, not a failure.
    pub(super) async fn database_properties(
        &self,
        description: &mut CollectionDescription,
    ) -> Result<BTreeMap<String, String>> {
        match self.manager.catalog.database_properties().await {
            Err(error @ (Error::PermissionDenied { .. } | Error::Milvus { .. })) => {
                let message = format!("properties of the database are not stored: {}", error.full_message());
                description.limitations.push(message);
                Ok(BTreeMap::new())
            }
            answer => answer,
        }
    }
}

/// Returns the partitions to back up, in the order of the server.
pub(super) fn select_partitions(
    collection: &CollectionName,
    description: &CollectionDescription,
    requested: &[String],
) -> Result<Vec<String>> {
    if requested.is_empty() {
        return Ok(description.partitions.clone());
    }
    if description.schema.has_partition_key() {
        return Err(Error::Unsupported {
            what: format!("partition backups of `{collection}`: its rows are distributed by a partition key"),
        });
    }
    if let Some(missing) = requested.iter().find(|name| !description.partitions.contains(name)) {
        return Err(Error::PartitionNotFound {
            partition: missing.clone(),
            owner: collection.to_string(),
            available: description.partitions.clone(),
        });
    }
    Ok(description.partitions.iter().filter(|name| requested.contains(name)).cloned().collect())
}
