//! Listing, creating, dropping and renaming of collections and partitions.

use std::collections::BTreeMap;

use milvus::proto::milvus as pb;
use milvus_backup_columns::params_to_wire;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{CollectionName, Result};

use crate::call::{call, call_once};
use crate::connection::MilvusConnection;
use crate::definition::create_request;
use crate::refusal::{CallResult, RefusalKind};
use crate::versions::Server;

/// The single name under which rows distributed by a partition key are stored: their partitions cannot be named in
/// calls.
pub(crate) const ALL_ROWS: &str = "_default";

impl MilvusConnection {
    /// Returns the names of all collections, in ascending order.
    pub(crate) async fn collection_names(&self) -> Result<Vec<String>> {
        let list = || async {
            let request = pb::ShowCollectionsRequest { db_name: self.request_database(), ..Default::default() };
            call_once!(self, "ShowCollections", show_collections, request)
        };
        let mut names = self.repeated(list).await?.collection_names;
        names.sort_unstable();
        Ok(names)
    }

    pub(crate) async fn create(&self, collection: &CollectionName, schema: &CollectionSchema) -> Result<()> {
        let request = create_request(self.request_database(), collection, schema)?;
        call!(self, "CreateCollection", create_collection, request)?;
        Ok(())
    }

    /// Drops a collection. One that does not exist is not an error.
    pub(crate) async fn drop_if_exists(&self, collection: &CollectionName) -> Result<()> {
        let drop_it = || async {
            let request = pb::DropCollectionRequest {
                db_name: self.request_database(),
                collection_name: collection.to_string(),
                ..Default::default()
            };
            call_once!(self, "DropCollection", drop_collection, request)
        };
        match self.repeated(drop_it).await {
            Err(failure) if failure.is(RefusalKind::CollectionNotFound) => Ok(()),
            answer => {
                answer?;
                Ok(())
            }
        }
    }

    pub(crate) async fn rename(&self, from: &CollectionName, to: &CollectionName) -> Result<()> {
        let request = pb::RenameCollectionRequest {
            db_name: self.request_database(),
            old_name: from.to_string(),
            new_name: to.to_string(),
            ..Default::default()
        };
        call!(self, "RenameCollection", rename_collection, request)?;
        Ok(())
    }

    pub(crate) async fn alter(
        &self,
        collection: &CollectionName,
        properties: &BTreeMap<String, String>,
        removed: &[String],
    ) -> Result<()> {
        let request = pb::AlterCollectionRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            properties: params_to_wire(properties),
            delete_keys: removed.to_vec(),
            ..Default::default()
        };
        call!(self, "AlterCollection", alter_collection, request)?;
        Ok(())
    }

    /// Returns the names of the partitions of a collection.
    pub(crate) async fn partitions(&self, collection: &CollectionName) -> Result<Vec<String>> {
        let request = pb::ShowPartitionsRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            ..Default::default()
        };
        match call!(self, "ShowPartitions", show_partitions, request) {
            // Milvus Lite 2.5 has no partitions.
            Err(failure) if failure.is(RefusalKind::Unsupported) => Ok(vec![ALL_ROWS.to_owned()]),
            answer => Ok(answer?.partition_names),
        }
    }

    /// Creates a partition. One that exists is no error.
    pub(crate) async fn new_partition(&self, collection: &CollectionName, partition: &str) -> Result<()> {
        let request = pb::CreatePartitionRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            partition_name: partition.to_owned(),
            ..Default::default()
        };
        match call!(self, "CreatePartition", create_partition, request) {
            // Milvus Lite 3 refuses one that exists, and gives nothing but its name as the reason.
            Err(failure) if failure.is_of_the_request() && self.server().await? == Server::Lite3 => {
                let partitions = self.partitions(collection).await.unwrap_or_default();
                if partitions.iter().any(|name| name == partition) { Ok(()) } else { Err(failure.into()) }
            }
            answer => {
                answer?;
                Ok(())
            }
        }
    }

    /// Makes an idempotent call, and repeats it also if Milvus Lite 3 rejects it. Lite opens each collection in order
    /// to list them all, fails (usually with a missing file) if another client drops or renames one of them meanwhile,
    /// and cannot remove a directory that it is still writing to.
    async fn repeated<A, F>(&self, call: impl Fn() -> F + Send + Sync) -> CallResult<A>
    where
        A: Send,
        F: Future<Output = CallResult<A>> + Send,
    {
        let racy = self.server().await? == Server::Lite3;
        let attempt = || async { call().await.map_err(|failure| if racy { failure.transient() } else { failure }) };
        self.rate_limiter().retried(self.retry_policy(), attempt).await
    }
}
