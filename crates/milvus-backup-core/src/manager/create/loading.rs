//! Only a loaded collection can be read: it is loaded where it has to be, and left as it was found.

use std::sync::atomic::Ordering;

use super::BackupManager;
use super::attempt::Attempt;
use crate::error::{Error, Result};
use crate::milvus::LoadState;
use crate::model::BackupState;
use crate::params::LoadPolicy;
use crate::progress::ProgressEvent;

impl BackupManager {
    /// Loads the collection unless it is, and returns whether it was.
    pub(super) async fn ensure_loaded(&self, attempt: &Attempt, policy: LoadPolicy) -> Result<bool> {
        let name = &attempt.collection.name;
        match self.milvus.load_state(name).await? {
            LoadState::Loaded => return Ok(true),
            // Someone else is loading it: we wait, and leave it loaded.
            LoadState::Loading => {
                self.milvus.load_collection(name, None).await?;
                return Ok(true);
            }
            LoadState::NotLoaded => {}
        }
        if policy == LoadPolicy::Never {
            return Err(Error::Refused {
                reason: format!("collection `{name}` is not loaded, and so cannot be read"),
                hint: "load it first, or let `--load auto` load it and release it afterwards".to_owned(),
            });
        }
        self.repository.progress.event(ProgressEvent::StateChanged {
            state: BackupState::InProgress,
            message: format!("loading collection {name}"),
        });
        attempt.loaded_by_us.store(true, Ordering::Release);
        self.milvus.load_collection(name, None).await?;
        Ok(false)
    }

    pub(super) async fn leave_as_found(&self, attempt: &Attempt) {
        if attempt.loaded_by_us.load(Ordering::Acquire)
            && let Err(error) = self.milvus.release_collection(&attempt.collection.name).await
        {
            self.repository.progress.event(ProgressEvent::Warning {
                message: format!("cannot release collection `{}`: {}", attempt.collection, error.full_message()),
            });
        }
    }
}
