//! Queries of a collection that is loaded.

use milvus::proto::milvus as pb;
use milvus_backup_core::{Catalog, CollectionName, Error, LoadState, Result};

use crate::catalog::POLL;
use crate::connection::MilvusConnection;
use crate::status::is_not_loaded;
use crate::wire::{self, QueryAnswer};

impl MilvusConnection {
    /// Queries a collection. After a restart, a server answers before it has its collections in memory again: that is
    /// waited for. Milvus Lite forgets what was loaded: it is loaded again then.
    ///
    /// # Errors
    /// [`Error::Refused`] for a collection that is not loaded, or was released meanwhile.
    /// An answer of more than `limit` bytes is an error, and is not read.
    pub(super) async fn query(
        &self,
        collection: &CollectionName,
        request: pb::QueryRequest,
        limit: usize,
    ) -> Result<QueryAnswer> {
        let mut delays = self.retry_policy().delays();
        let send = |_, request| wire::query(self.transport(), request, limit, self.answer_buffers());
        loop {
            let error = match self.call("Query", request.clone(), send).await {
                Err(error) if is_not_loaded(&error) => error,
                answer => return answer,
            };
            match self.load_state(collection).await? {
                LoadState::Loading => tokio::time::sleep(POLL).await,
                LoadState::NotLoaded if self.was_lost() => self.load_collection(collection, None).await?,
                // Its memory has it, but not yet everyone who answers queries.
                LoadState::Loaded => match delays.next() {
                    Some(delay) => tokio::time::sleep(delay.max(POLL)).await,
                    None => return Err(error),
                },
                _ => {
                    return Err(Error::Refused {
                        reason: format!("collection `{collection}` was released while it was read"),
                        hint: "keep it loaded until the backup has ended".to_owned(),
                    });
                }
            }
        }
    }
}
