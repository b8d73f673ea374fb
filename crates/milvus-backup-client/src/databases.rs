//! The databases of a server, and their properties.

use std::collections::BTreeMap;

use milvus::proto::milvus as pb;
use milvus_backup_columns::{params_from_wire, params_to_wire};
use milvus_backup_core::{DEFAULT_DATABASE, Result};
use tonic::Request;

use crate::call::call;
use crate::connection::MilvusConnection;
use crate::refusal::RefusalKind;
use crate::transport::{Client, InNoDatabase};

impl MilvusConnection {
    /// Returns the names of all databases that this user can see, in ascending order.
    pub(crate) async fn database_names(&self) -> Result<Vec<String>> {
        let list = |mut client: Client, mut request: Request<pb::ListDatabasesRequest>| async move {
            request.extensions_mut().insert(InNoDatabase);
            client.list_databases(request).await
        };
        let mut names = match self.call("ListDatabases", pb::ListDatabasesRequest::default(), list).await {
            // Milvus Lite 2.5 has no databases.
            Err(failure) if failure.is(RefusalKind::Unsupported) => vec![DEFAULT_DATABASE.to_owned()],
            answer => answer?.db_names,
        };
        names.sort_unstable();
        Ok(names)
    }

    /// Creates the database of this connection, with these properties.
    pub(crate) async fn create_own_database(&self, properties: &BTreeMap<String, String>) -> Result<()> {
        self.server().await?.require_accepted_name("database", self.database())?;
        let (db_name, properties) = (self.database().to_owned(), params_to_wire(properties));
        let request = pb::CreateDatabaseRequest { db_name, properties, ..Default::default() };
        let create = |mut client: Client, mut request: Request<pb::CreateDatabaseRequest>| async move {
            // A call in a database is rejected while the database does not exist.
            request.extensions_mut().insert(InNoDatabase);
            client.create_database(request).await
        };
        self.call("CreateDatabase", request, create).await?;
        Ok(())
    }

    /// Returns the properties of the database; empty if the server does not support them.
    pub(crate) async fn properties_of_database(&self) -> Result<BTreeMap<String, String>> {
        let request = pb::DescribeDatabaseRequest { db_name: self.database().to_owned(), ..Default::default() };
        match call!(self, "DescribeDatabase", describe_database, request) {
            // Before Milvus 2.4.3, and on Milvus Lite 2.5, databases have no properties.
            Err(failure) if failure.is(RefusalKind::Unsupported) => Ok(BTreeMap::new()),
            answer => Ok(params_from_wire(&answer?.properties)),
        }
    }
}
