//! Queries of a collection that is loaded.

use milvus::proto::milvus as pb;
use milvus_backup_core::{CollectionName, LoadState, Result};

use crate::connection::MilvusConnection;
use crate::loading::was_released;
use crate::polling::POLL;
use crate::refusal::{CallResult, RefusalKind};
use crate::versions::Server;
use crate::wire::{self, QueryRows};

impl MilvusConnection {
    /// Queries a collection. After a restart, a server answers before it has its collections in memory again: that is
    /// waited for. What a server may have forgotten by itself is loaded again.
    ///
    /// # Errors
    /// [`Error::Refused`](milvus_backup_core::Error::Refused) for a collection that is not loaded, or was released meanwhile.
    /// An answer of more than `limit` bytes is an error, and is not read.
    pub(super) async fn query(
        &self,
        collection: &CollectionName,
        request: pb::QueryRequest,
        limit: usize,
    ) -> CallResult<QueryRows> {
        let partitions = request.partition_names.clone();
        let mut delays = self.retry_policy().delays_in(self.environment());
        let send = |_, request| wire::query(self.transport(), request, limit, self.buffers());
        loop {
            let failure = match self.call("Query", request.clone(), send).await {
                Err(failure) if failure.is(RefusalKind::NotLoaded) => failure,
                answer => return answer,
            };
            match self.state_of(collection, &partitions).await? {
                LoadState::Loading => self.environment().sleep(POLL).await,
                // Its memory has it, but not yet everyone who answers queries.
                LoadState::Loaded => match delays.next() {
                    Some(delay) => self.environment().sleep(delay.max(POLL)).await,
                    None => return Err(failure),
                },
                // It is not loaded any more.
                _ if !self.forgets_loads().await? => return Err(was_released(collection).into()),
                LoadState::NotLoaded => match delays.next() {
                    Some(_) => self.load(collection, None).await?,
                    None => return Err(was_released(collection).into()),
                },
            }
        }
    }

    /// Whether the server may not have kept in mind that a collection is loaded, without anyone releasing it: Milvus Lite
    /// when it was started again, and Milvus Lite 3 also when two of its threads open the collection at the same time,
    /// as any listing of all collections does, just after it was renamed.
    async fn forgets_loads(&self) -> Result<bool> {
        Ok(self.was_lost() || self.server().await? == Server::Lite3)
    }
}
