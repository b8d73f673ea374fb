//! The check that the user has the privileges for an operation.
//!
//! Milvus checks the privilege of a call before everything else. Therefore each call is made once in a form that cannot
//! succeed or changes nothing: with a collection that does not exist, without rows, or without fields.
//!
//! Must always hold: nothing here changes a collection.

use milvus::proto::milvus as pb;
use milvus_backup_core::{Access, CollectionName, Error, Result};

use crate::call::call_once;
use crate::connection::MilvusConnection;
use crate::refusal::{CallResult, Failure, Refusal, RefusalKind, merged};

impl MilvusConnection {
    /// Fails if one of the calls is rejected for lack of a privilege, and reports all missing privileges. Any other
    /// failure is ignored here, because the operation will encounter it.
    pub(crate) async fn require_permissions(&self, collection: &CollectionName, needed: &[Access]) -> Result<()> {
        if !self.is_authenticated() || self.server().await?.is_lite() {
            return Ok(());
        }
        let mut denied = Vec::new();
        for access in needed {
            denied.extend(self.probe(collection, *access).await.err().and_then(denial));
        }
        denied.into_iter().reduce(merged).map_or(Ok(()), Err)
    }

    async fn probe(&self, collection: &CollectionName, access: Access) -> CallResult<()> {
        let (db_name, collection_name) = (self.request_database(), collection.to_string());
        match access {
            Access::ShowPartitions => {
                let request = pb::ShowPartitionsRequest { db_name, collection_name, ..Default::default() };
                call_once!(self, "ShowPartitions", show_partitions, request).map(drop)
            }
            Access::LoadState => {
                let request = pb::GetLoadStateRequest { db_name, collection_name, ..Default::default() };
                call_once!(self, "GetLoadState", get_load_state, request).map(drop)
            }
            // Without an expression and without a limit there is nothing to read.
            Access::Query => {
                let request = pb::QueryRequest { db_name, collection_name, ..Default::default() };
                let send = |mut client: crate::transport::Client, request| async move { client.query(request).await };
                self.send(request, &send).await.map(drop).map_err(|status| self.failure("Query", Refusal::Grpc(status)))
            }
            Access::CreateCollection => {
                let request = pb::CreateCollectionRequest { db_name, collection_name, ..Default::default() };
                call_once!(self, "CreateCollection", create_collection, request).map(drop)
            }
            Access::CreatePartition => {
                let partition_name = "p".to_owned();
                let request =
                    pb::CreatePartitionRequest { db_name, collection_name, partition_name, ..Default::default() };
                call_once!(self, "CreatePartition", create_partition, request).map(drop)
            }
            Access::Insert => {
                let request = pb::InsertRequest { db_name, collection_name, ..Default::default() };
                call_once!(self, "Insert", insert, request).map(drop)
            }
            Access::Flush => self.probe_flush(collection).await,
            Access::Statistics => {
                let request = pb::GetCollectionStatisticsRequest { db_name, collection_name, ..Default::default() };
                call_once!(self, "GetCollectionStatistics", get_collection_statistics, request).map(drop)
            }
            Access::CreateIndex => {
                let request = pb::CreateIndexRequest { db_name, collection_name, ..Default::default() };
                call_once!(self, "CreateIndex", create_index, request).map(drop)
            }
            Access::AlterCollection => {
                let request = pb::AlterCollectionRequest { db_name, collection_name, ..Default::default() };
                call_once!(self, "AlterCollection", alter_collection, request).map(drop)
            }
            Access::RenameCollection => {
                let (old_name, new_name) = (collection_name.clone(), collection_name);
                let request = pb::RenameCollectionRequest { db_name, old_name, new_name, ..Default::default() };
                call_once!(self, "RenameCollection", rename_collection, request).map(drop)
            }
            Access::DropCollection => {
                let request = pb::DropCollectionRequest { db_name, collection_name, ..Default::default() };
                call_once!(self, "DropCollection", drop_collection, request).map(drop)
            }
            Access::CreateAlias => {
                let alias = collection_name.clone();
                let request = pb::CreateAliasRequest { db_name, collection_name, alias, ..Default::default() };
                call_once!(self, "CreateAlias", create_alias, request).map(drop)
            }
            Access::Load => {
                let request =
                    pb::LoadCollectionRequest { db_name, collection_name, replica_number: 1, ..Default::default() };
                call_once!(self, "LoadCollection", load_collection, request).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// Makes the two calls that a flush consists of.
    async fn probe_flush(&self, collection: &CollectionName) -> CallResult<()> {
        let (db_name, collection_name) = (self.request_database(), collection.to_string());
        let collection_names = vec![collection_name.clone()];
        let request = pb::FlushRequest { db_name: db_name.clone(), collection_names, ..Default::default() };
        let flush = call_once!(self, "Flush", flush, request).map(drop);
        let request = pb::GetFlushStateRequest { db_name, collection_name, ..Default::default() };
        let state = call_once!(self, "GetFlushState", get_flush_state, request).map(drop);
        match (flush, state) {
            (Err(flush), Err(state)) if flush.is(RefusalKind::NotPermitted) && state.is(RefusalKind::NotPermitted) => {
                Err(flush.joined(state))
            }
            (Err(flush), _) if flush.is(RefusalKind::NotPermitted) => Err(flush),
            (_, state) => state,
        }
    }
}

/// Returns the error of a call that was rejected for lack of a privilege.
fn denial(failure: Failure) -> Option<Error> {
    failure.is(RefusalKind::NotPermitted).then(|| failure.into())
}
