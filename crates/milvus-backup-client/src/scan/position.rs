//! Reading by position instead of after the last key, for keys that no expression can name.

use milvus_backup_core::{CollectionName, Error};

use crate::connection::MilvusConnection;
use crate::versions::Server;

impl MilvusConnection {
    /// Returns the number of rows of a partition that can be read by position: all of them on Milvus Lite.
    pub(super) fn position_limit(&self) -> usize {
        let lite = self.known_server().is_some_and(Server::is_lite);
        if lite { usize::MAX } else { self.window().rows() }
    }
}

/// Returns the error for a primary key whose name the expression language reserves, if the rows do not fit into the
/// single query that works without an expression.
pub(super) fn key_not_nameable(collection: &CollectionName, key: &str, window: usize) -> Error {
    Error::Refused {
        reason: format!(
            "collection `{collection}` cannot be read in pages: its primary key is named `{key}`, a word that the \
             expressions of this server reserve, and without expressions a query reaches {window} rows of a partition"
        ),
        hint:
            "raise quotaAndLimits.limits.maxQueryResultWindow of the server, or copy the rows into a collection whose \
               primary key has another name"
                .into(),
    }
}
