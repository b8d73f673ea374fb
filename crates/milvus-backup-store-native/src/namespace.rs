//! The names of collections in the tool.

use std::fmt;

use milvus_backup_core::CollectionRef;

use crate::error::{Error, Result};

/// A collection with its database, as in the filters and renames of the tool: `database.collection`.
///
/// The tool splits these at `.`, `,` and `:`, so both parts consist of letters, digits and `_` only.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Namespace {
    database: String,
    collection: String,
}

impl Namespace {
    /// Creates the name of a collection of a database.
    ///
    /// # Errors
    /// [`Error::InvalidNamespace`] for a name that the tool cannot express.
    pub fn new(database: &str, collection: &str) -> Result<Self> {
        for name in [database, collection] {
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                return Err(Error::InvalidNamespace { name: name.to_owned() });
            }
        }
        Ok(Self { database: database.to_owned(), collection: collection.to_owned() })
    }

    /// Returns the name of the database.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Returns the name of the collection.
    pub fn collection(&self) -> &str {
        &self.collection
    }
}

impl TryFrom<&CollectionRef> for Namespace {
    type Error = Error;

    fn try_from(collection: &CollectionRef) -> Result<Self> {
        Self::new(&collection.database, collection.name.as_str())
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.database, self.collection)
    }
}
