//! Whether the user may do what an operation is about to do.
//!
//! Milvus checks the privilege of a call before anything else of it. So each call is made once in a form that cannot
//! succeed or changes nothing: with a collection that does not exist, without rows, without fields.
//!
//! Must always hold: nothing here changes a collection.

use milvus::proto::milvus as pb;
use milvus_backup_core::{Access, CollectionName, Error, Result};

use crate::connection::MilvusConnection;

/// Makes one call, once.
macro_rules! once {
    ($connection:expr, $name:literal, $method:ident, $request:expr) => {{
        let send = |mut client: crate::connection::Client, request| async move { client.$method(request).await };
        $connection.call_once($name, $request, &send).await.map(drop)
    }};
}

impl MilvusConnection {
    /// Fails when one of the calls is refused for want of a privilege, and names all that are missing. Any other failure
    /// is left to the operation, which meets it itself.
    pub(crate) async fn require_permissions(&self, collection: &CollectionName, needed: &[Access]) -> Result<()> {
        if !self.is_authenticated() || self.server().await?.is_lite() {
            return Ok(());
        }
        let mut denied = Vec::new();
        for access in needed {
            if let Err(error @ Error::PermissionDenied { .. }) = self.probe(collection, *access).await {
                denied.push(error);
            }
        }
        denied.into_iter().reduce(merged).map_or(Ok(()), Err)
    }

    async fn probe(&self, collection: &CollectionName, access: Access) -> Result<()> {
        let (db_name, collection_name) = (self.request_database(), collection.to_string());
        match access {
            Access::ShowPartitions => {
                let request = pb::ShowPartitionsRequest { db_name, collection_name, ..Default::default() };
                once!(self, "ShowPartitions", show_partitions, request)
            }
            Access::LoadState => {
                let request = pb::GetLoadStateRequest { db_name, collection_name, ..Default::default() };
                once!(self, "GetLoadState", get_load_state, request)
            }
            // Without an expression and without a limit there is nothing to read.
            Access::Query => {
                let request = pb::QueryRequest { db_name, collection_name, ..Default::default() };
                let send = |mut client: crate::connection::Client, request| async move { client.query(request).await };
                self.send(request, &send).await.map(drop).map_err(|status| self.transport_error("Query", &status))
            }
            Access::CreateCollection => {
                let request = pb::CreateCollectionRequest { db_name, collection_name, ..Default::default() };
                once!(self, "CreateCollection", create_collection, request)
            }
            Access::CreatePartition => {
                let partition_name = "p".to_owned();
                let request =
                    pb::CreatePartitionRequest { db_name, collection_name, partition_name, ..Default::default() };
                once!(self, "CreatePartition", create_partition, request)
            }
            Access::Insert => {
                let request = pb::InsertRequest { db_name, collection_name, ..Default::default() };
                once!(self, "Insert", insert, request)
            }
            Access::Flush => self.probe_flush(collection).await,
            Access::Statistics => {
                let request = pb::GetCollectionStatisticsRequest { db_name, collection_name, ..Default::default() };
                once!(self, "GetCollectionStatistics", get_collection_statistics, request)
            }
            Access::CreateIndex => {
                let request = pb::CreateIndexRequest { db_name, collection_name, ..Default::default() };
                once!(self, "CreateIndex", create_index, request)
            }
            Access::AlterCollection => {
                let request = pb::AlterCollectionRequest { db_name, collection_name, ..Default::default() };
                once!(self, "AlterCollection", alter_collection, request)
            }
            Access::RenameCollection => {
                let (old_name, new_name) = (collection_name.clone(), collection_name);
                let request = pb::RenameCollectionRequest { db_name, old_name, new_name, ..Default::default() };
                once!(self, "RenameCollection", rename_collection, request)
            }
            Access::DropCollection => {
                let request = pb::DropCollectionRequest { db_name, collection_name, ..Default::default() };
                once!(self, "DropCollection", drop_collection, request)
            }
            Access::CreateAlias => {
                let alias = collection_name.clone();
                let request = pb::CreateAliasRequest { db_name, collection_name, alias, ..Default::default() };
                once!(self, "CreateAlias", create_alias, request)
            }
            Access::Load => {
                let request =
                    pb::LoadCollectionRequest { db_name, collection_name, replica_number: 1, ..Default::default() };
                once!(self, "LoadCollection", load_collection, request)
            }
            _ => Ok(()),
        }
    }

    /// The two calls that a flush is made of.
    async fn probe_flush(&self, collection: &CollectionName) -> Result<()> {
        let (db_name, collection_name) = (self.request_database(), collection.to_string());
        let collection_names = vec![collection_name.clone()];
        let request = pb::FlushRequest { db_name: db_name.clone(), collection_names, ..Default::default() };
        let flush = once!(self, "Flush", flush, request);
        let request = pb::GetFlushStateRequest { db_name, collection_name, ..Default::default() };
        let state = once!(self, "GetFlushState", get_flush_state, request);
        match (flush, state) {
            (Err(flush @ Error::PermissionDenied { .. }), Err(state @ Error::PermissionDenied { .. })) => {
                Err(merged(flush, state))
            }
            (Err(flush @ Error::PermissionDenied { .. }), _) => Err(flush),
            (_, state) => state,
        }
    }
}

/// The refusal of a call for want of a privilege, which servers name in their message: `PrivilegeQuery: permission
/// deny to alice`.
pub(crate) fn permission_denied(uri: &str, call: &str, message: String) -> Error {
    let named =
        message.split_once(':').map(|(first, _)| first.trim()).and_then(|first| first.strip_prefix("Privilege"));
    let privileges = named.filter(|name| name.chars().all(char::is_alphanumeric)).map(str::to_owned);
    Error::PermissionDenied {
        uri: uri.to_owned(),
        call: call.to_owned(),
        privileges: privileges.into_iter().collect(),
        message,
    }
}

/// Two refusals as one.
fn merged(first: Error, second: Error) -> Error {
    match (first, second) {
        (
            Error::PermissionDenied { uri, call, mut privileges, message },
            Error::PermissionDenied { call: other, privileges: more, message: text, .. },
        ) => {
            privileges.extend(more.into_iter().filter(|name| !privileges.contains(name)).collect::<Vec<_>>());
            Error::PermissionDenied {
                uri,
                call: format!("{call}, {other}"),
                privileges,
                message: format!("{message}; {text}"),
            }
        }
        (first, _) => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(call: &str, message: &str) -> Error {
        permission_denied("http://localhost:19530", call, message.to_owned())
    }

    #[test]
    fn the_privilege_is_read_from_the_message() {
        let named = |message: &str| match denied("Query", message) {
            Error::PermissionDenied { privileges, .. } => privileges,
            error => panic!("{error}"),
        };
        assert_eq!(named("PrivilegeQuery: permission deny to alice"), ["Query"]);
        assert_eq!(named("PrivilegeLoad: permission deny to alice in the `default` database"), ["Load"]);
        assert!(named("not allowed: because").is_empty() && named("").is_empty());
    }

    #[test]
    fn several_refusals_name_each_privilege_once() {
        let all = ["PrivilegeLoad: no", "PrivilegeQuery: no", "PrivilegeLoad: no"].map(|message| denied("X", message));
        let Some(Error::PermissionDenied { privileges, .. }) = all.into_iter().reduce(merged) else { panic!() };
        assert_eq!(privileges, ["Load", "Query"]);
    }
}
