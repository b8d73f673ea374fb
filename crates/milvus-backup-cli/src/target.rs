//! The Milvus server, and the database in it, that a command works on.

use std::path::Path;

use milvus_backup_client::{Address, LiteServer};
use milvus_backup_core::{DEFAULT_DATABASE, Error, Result};

/// A Milvus server and one of its databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The address without a database, or the path of a Milvus Lite database.
    pub(crate) uri: String,
    /// The name of the database.
    pub(crate) database: String,
}

impl Target {
    /// Combines an address, whose path may name a database, with the database that was given separately.
    ///
    /// # Errors
    /// Those of [`Address::parse`]; [`Error::InvalidParameter`] if the two name different databases.
    pub(crate) fn new(uri: &str, database: Option<&str>) -> Result<Self> {
        let named = database.filter(|name| !name.is_empty());
        if LiteServer::is_lite_uri(uri) {
            let database = named.unwrap_or(DEFAULT_DATABASE).to_owned();
            return Ok(Self { uri: uri.to_owned(), database });
        }
        let address = Address::parse(uri)?;
        match (named, &address.database) {
            (Some(named), Some(in_address)) if named != in_address => Err(Error::InvalidParameter {
                field: "db".to_owned(),
                value: named.to_owned(),
                limit: format!("the database in the path of the address, `{in_address}`, or omitted"),
            }),
            _ => {
                let database = named.map(str::to_owned).or(address.database);
                Ok(Self { uri: address.uri, database: database.unwrap_or_else(|| DEFAULT_DATABASE.to_owned()) })
            }
        }
    }

    /// Returns the path of the Milvus Lite database; `None` for a server.
    pub(crate) fn lite_path(&self) -> Option<&Path> {
        LiteServer::is_lite_uri(&self.uri).then(|| Path::new(&self.uri))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_named_by_the_option_or_by_the_address() {
        for (uri, option, expected) in [
            ("http://host:19530", None, "default"),
            ("http://host:19530", Some("shop"), "shop"),
            ("http://host:19530/shop", None, "shop"),
            ("http://host:19530/shop", Some(""), "shop"),
            ("http://host:19530/shop", Some("shop"), "shop"),
            ("my.db", None, "default"),
            ("my.db", Some("shop"), "shop"),
        ] {
            assert_eq!(Target::new(uri, option).unwrap().database, expected, "{uri} {option:?}");
        }
    }

    #[test]
    fn two_databases_are_refused_by_both_names() {
        let error = Target::new("http://host:19530/shop", Some("default")).unwrap_err().to_string();
        assert!(error.contains("`shop`") && error.contains("`default`"), "{error}");
    }
}
