//! The databases of a server, and their properties.

use std::collections::BTreeMap;

use milvus::proto::milvus as pb;
use milvus_backup_columns::{params_from_wire, params_to_wire};
use milvus_backup_core::Result;

use crate::call::call;
use crate::connection::MilvusConnection;
use crate::options::ConnectionOptions;
use crate::refusal::RefusalKind;

impl MilvusConnection {
    /// Creates the database in the options, with these properties, over a separate connection.
    ///
    /// # Errors
    /// Those of [`MilvusConnection::connect`], [`InvalidParameter`](milvus_backup_core::Error::InvalidParameter) for a
    /// name that the server does not accept, and the error of the server if the database exists.
    pub async fn create_database(options: ConnectionOptions, properties: &BTreeMap<String, String>) -> Result<()> {
        let db_name = options.database.clone();
        let connection = Self::connect(ConnectionOptions { database: String::new(), ..options }).await?;
        connection.server().await?.require_accepted_name("database", &db_name)?;
        let properties = params_to_wire(properties);
        let request = pb::CreateDatabaseRequest { db_name, properties, ..Default::default() };
        call!(connection, "CreateDatabase", create_database, request)?;
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
