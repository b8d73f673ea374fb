//! Loading collections and partitions into memory, and releasing them.
//!
//! "Loaded" is the state that the server reports. Whether queries find all rows is checked separately: see
//! [`crate::segments`].

use milvus::proto::common::{LoadState as WireLoadState, Status};
use milvus::proto::milvus as pb;
use milvus_backup_core::{CollectionName, Error, LoadState, Result};

use crate::call::{call, call_once};
use crate::connection::MilvusConnection;
use crate::polling::POLL;
use crate::refusal::{CallResult, RefusalKind};

/// Number of polls of the load state between two queries of the load progress.
const POLLS_PER_PROGRESS: usize = 10;

/// Returns the error for a collection that another client released while it was needed.
pub(crate) fn was_released(collection: &CollectionName) -> Error {
    Error::Refused {
        reason: format!("collection `{collection}` was released while it was needed"),
        hint: "keep it loaded until the operation has ended".into(),
    }
}

fn without_index(collection: &CollectionName) -> Error {
    Error::Refused {
        reason: format!("collection `{collection}` cannot be loaded: a vector field has no index"),
        hint: "create an index on every vector field, or load the collection yourself".into(),
    }
}

impl MilvusConnection {
    pub(crate) async fn state_of(&self, collection: &CollectionName, partitions: &[String]) -> Result<LoadState> {
        let request = pb::GetLoadStateRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            partition_names: partitions.to_vec(),
            ..Default::default()
        };
        let state = call!(self, "GetLoadState", get_load_state, request)?.state;
        Ok(match WireLoadState::try_from(state) {
            Ok(WireLoadState::Loaded) => LoadState::Loaded,
            Ok(WireLoadState::Loading) => LoadState::Loading,
            _ => LoadState::NotLoaded,
        })
    }

    /// Returns the number of replicas of a loaded collection; `None` if the server does not report it.
    pub(crate) async fn replicas_of(&self, collection: &CollectionName) -> Result<Option<u32>> {
        let request = pb::GetReplicasRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            ..Default::default()
        };
        match call!(self, "GetReplicas", get_replicas, request) {
            Err(failure) if failure.is_of_the_request() || failure.is_not_offered() => Ok(None),
            answer => Ok(u32::try_from(answer?.replicas.len()).ok().filter(|number| *number > 0)),
        }
    }

    pub(crate) async fn load(&self, collection: &CollectionName, replicas: Option<u32>) -> Result<()> {
        let request = pb::LoadCollectionRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            replica_number: replica_number(replicas),
            ..Default::default()
        };
        let mut again = self.retry_policy().delays(self.environment());
        loop {
            let answer = call!(self, "LoadCollection", load_collection, request.clone());
            loadable(collection, answer)?;
            if self.settled_state(collection, &[]).await? == LoadState::Loaded {
                return Ok(());
            }
            if let Some(failure) = self.load_failure(collection).await {
                return Err(failure);
            }
            // Another client released it meanwhile, or Milvus Lite lost the state.
            let Some(delay) = again.next() else { return Err(was_released(collection)) };
            self.environment().sleep(delay).await;
        }
    }

    pub(crate) async fn release(&self, collection: &CollectionName) -> Result<()> {
        let request = pb::ReleaseCollectionRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            ..Default::default()
        };
        call!(self, "ReleaseCollection", release_collection, request)?;
        Ok(())
    }

    pub(crate) async fn load_some(
        &self,
        collection: &CollectionName,
        partitions: &[String],
        replicas: Option<u32>,
    ) -> Result<()> {
        let request = pb::LoadPartitionsRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            partition_names: partitions.to_vec(),
            replica_number: replica_number(replicas),
            ..Default::default()
        };
        loadable(collection, call!(self, "LoadPartitions", load_partitions, request))?;
        match self.settled_state(collection, partitions).await? {
            LoadState::Loaded => Ok(()),
            _ => Err(was_released(collection)),
        }
    }

    pub(crate) async fn release_some(&self, collection: &CollectionName, partitions: &[String]) -> Result<()> {
        let request = pb::ReleasePartitionsRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            partition_names: partitions.to_vec(),
            ..Default::default()
        };
        call!(self, "ReleasePartitions", release_partitions, request)?;
        Ok(())
    }

    /// Returns whether these partitions are loaded, or if none is named, any part of the collection, after waiting
    /// until they are no longer being loaded.
    ///
    /// # Errors
    /// The reason why the server cannot load them, as soon as the server reports one.
    async fn settled_state(&self, collection: &CollectionName, partitions: &[String]) -> Result<LoadState> {
        loop {
            for _ in 0..POLLS_PER_PROGRESS {
                match self.state_of(collection, partitions).await? {
                    LoadState::Loading => self.environment().sleep(POLL).await,
                    state => return Ok(state),
                }
            }
            if let Some(failure) = self.load_failure(collection).await {
                return Err(failure);
            }
        }
    }

    /// Returns the reason why the server cannot load the collection. The load state does not include it.
    async fn load_failure(&self, collection: &CollectionName) -> Option<Error> {
        let request = pb::GetLoadingProgressRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            ..Default::default()
        };
        match call_once!(self, "GetLoadingProgress", get_loading_progress, request) {
            Err(failure)
                if failure.is_of_the_request() && !failure.retryable() && !failure.is(RefusalKind::NotLoaded) =>
            {
                Some(failure.into())
            }
            _ => None,
        }
    }
}

fn replica_number(replicas: Option<u32>) -> i32 {
    replicas.and_then(|replicas| i32::try_from(replicas).ok()).unwrap_or(1)
}

fn loadable(collection: &CollectionName, answer: CallResult<Status>) -> Result<()> {
    match answer {
        Err(failure) if failure.is(RefusalKind::IndexNotFound) => Err(without_index(collection)),
        answer => {
            answer?;
            Ok(())
        }
    }
}
