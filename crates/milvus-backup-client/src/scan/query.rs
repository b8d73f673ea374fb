//! The queries of a loaded collection.

use milvus::proto::milvus as pb;
use milvus_backup_core::{CollectionName, LoadState, Result};

use crate::connection::MilvusConnection;
use crate::loading::was_released;
use crate::polling::POLL;
use crate::refusal::{CallResult, RefusalKind};
use crate::versions::Server;
use crate::wire::{self, QueryRows};

impl MilvusConnection {
    /// Queries a collection. After a restart, a server responds before its collections are in memory again: this waits
    /// for them. A collection whose load state the server may have lost is loaded again. A backup has the rows of all
    /// principals: where policies protect rows, the query asks to be exempt from them, which needs a privilege.
    ///
    /// # Errors
    /// [`Error::Refused`](milvus_backup_core::Error::Refused) for a collection that is not loaded, or was released
    /// meanwhile. A response of more than `limit` bytes is an error, and is not read.
    pub(super) async fn query(
        &self,
        collection: &CollectionName,
        mut request: pb::QueryRequest,
        limit: usize,
    ) -> CallResult<QueryRows> {
        request.skip_rls = self.skips_row_policies();
        let partitions = request.partition_names.clone();
        let mut delays = self.retry_policy().delays(self.environment());
        let send = |_, request| wire::query(self.transport(), request, limit, self.buffers());
        loop {
            let failure = match self.call("Query", request.clone(), send).await {
                Err(failure) if failure.is(RefusalKind::NotLoaded) => failure,
                Err(failure) if failure.is(RefusalKind::RowsProtected) && !request.skip_rls => {
                    self.skip_row_policies();
                    request.skip_rls = true;
                    continue;
                }
                answer => return answer,
            };
            match self.state_of(collection, &partitions).await? {
                LoadState::Loading => self.environment().sleep(POLL).await,
                // The collection is in memory, but not yet known to all nodes that serve queries.
                LoadState::Loaded => match delays.next() {
                    Some(delay) => self.environment().sleep(delay.max(POLL)).await,
                    None => return Err(failure),
                },
                // The collection is no longer loaded.
                _ if !self.forgets_loads().await? => return Err(was_released(collection).into()),
                LoadState::NotLoaded => match delays.next() {
                    Some(_) => self.load(collection, None).await?,
                    None => return Err(was_released(collection).into()),
                },
            }
        }
    }

    /// Returns whether the server may have lost the load state of a collection that no client released: Milvus Lite
    /// after a restart, and Milvus Lite 3 also if two of its threads open the collection concurrently, as any listing
    /// of all collections does, just after it was renamed.
    async fn forgets_loads(&self) -> Result<bool> {
        Ok(self.was_lost() || self.server().await? == Server::Lite3)
    }
}
