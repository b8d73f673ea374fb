//! [`Instance`]: a server with all its databases.

use std::fmt::Debug;
use std::sync::Arc;

use milvus_backup_core::Result;

use crate::BackupManager;

/// Opens the databases of one server.
pub trait Databases: Send + Sync + Debug {
    /// Returns a manager of the collections of a database, over the repository of all others. Whether the database exists
    /// need not be checked.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::InvalidParameter`] for a name that no database can have.
    fn manager(&self, database: &str) -> Result<BackupManager>;
}

/// A server with all its databases, whose collections are backed up and restored together.
#[derive(Debug, Clone)]
pub struct Instance {
    /// The database that names without one refer to.
    pub(crate) home: BackupManager,
    databases: Arc<dyn Databases>,
}

impl Instance {
    /// Creates the operations on all databases of a server. Names without a database refer to that of `home`.
    pub fn new(home: BackupManager, databases: Arc<dyn Databases>) -> Self {
        Self { home, databases }
    }

    /// Returns the manager of a database. Whether the database exists is not checked.
    ///
    /// # Errors
    /// The errors of [`Databases::manager`].
    pub fn manager(&self, database: &str) -> Result<BackupManager> {
        if database == self.home.catalog.database() { Ok(self.home.clone()) } else { self.databases.manager(database) }
    }
}
