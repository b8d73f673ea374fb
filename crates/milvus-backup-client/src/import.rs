//! Bulk import, in which Milvus itself reads Parquet files.
//!
//! An import that is requested twice inserts its rows twice, unless the server recognises the second request by its key.
//! Whether it does over gRPC is in no documentation of a release, so the repetition of a request whose response was lost
//! is compared with the list of imports before it is relied upon.

use std::collections::BTreeSet;

use milvus::proto::common::ImportState;
use milvus::proto::milvus as pb;
use milvus_backup_core::{CollectionName, Error, Hint, Result};

use crate::call::call;
use crate::connection::MilvusConnection;
use crate::idempotency::IdempotencyKey;
use crate::polling::POLL;
use crate::refusal::{CallResult, RefusalKind};
use crate::transport::Client;

impl MilvusConnection {
    /// Imports one file, and waits for its completion.
    pub(crate) async fn import(&self, collection: &CollectionName, partition: Option<&str>, file: &str) -> Result<u64> {
        let request = pb::ImportRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            partition_name: partition.unwrap_or_default().to_owned(),
            files: vec![file.to_owned()],
            ..Default::default()
        };
        let tasks = match self.requested(collection, request).await {
            Err(Error::Milvus { message, .. }) if self.role().await.is_ok_and(|role| role.replicates()) => {
                return Err(needs_commit(&message));
            }
            tasks => tasks?,
        };
        let mut rows = 0;
        for task in tasks {
            rows += self.imported_rows(task, file).await?;
        }
        Ok(rows)
    }

    /// Requests an import, and returns the numbers of its tasks. It is requested again after a lost response only where
    /// the server recognises it.
    async fn requested(&self, collection: &CollectionName, request: pb::ImportRequest) -> Result<Vec<i64>> {
        let key = self.idempotency_keys().next(self.environment())?;
        if !self.server().await?.has_import_keys() {
            // Older servers ignore the key.
            return Ok(self.request_once(&key, request).await?);
        }
        // Imports that are requested meanwhile would be taken for this one.
        let _permit = self.import_permit().await;
        let before = self.import_tasks(collection).await;
        match (self.request_once(&key, request.clone()).await, before) {
            (Err(failure), Ok(before)) if failure.is(RefusalKind::Unreachable) => {
                self.requested_again(collection, &key, request, &before).await
            }
            (answer, _) => Ok(answer?),
        }
    }

    /// Requests an import again whose response was lost. If the server recognises the repetition, no other task is listed
    /// than the one that it returns.
    async fn requested_again(
        &self,
        collection: &CollectionName,
        key: &IdempotencyKey,
        request: pb::ImportRequest,
        before: &BTreeSet<i64>,
    ) -> Result<Vec<i64>> {
        let repeat = || self.request_once(key, request.clone());
        let tasks = self.rate_limiter().retried(self.retry_policy(), repeat).await?;
        let listed = self.import_tasks(collection).await?;
        let started: Vec<i64> = listed.difference(before).copied().collect();
        if started.iter().all(|task| tasks.contains(task)) {
            return Ok(tasks);
        }
        Err(Error::Protocol {
            message: format!(
                "an import was requested twice, and its rows may be there twice: the server started the tasks {started:?} for \
                 one idempotency key"
            ),
        })
    }

    async fn request_once(&self, key: &IdempotencyKey, request: pb::ImportRequest) -> CallResult<Vec<i64>> {
        let send = |mut client: Client, request| async move { client.import(request).await };
        Ok(self.call_under(Some(key), "Import", request, &send).await?.tasks)
    }

    /// Returns the numbers of the imports into a collection.
    async fn import_tasks(&self, collection: &CollectionName) -> CallResult<BTreeSet<i64>> {
        let request = pb::ListImportTasksRequest {
            collection_name: collection.to_string(),
            limit: 0,
            db_name: self.request_database(),
        };
        let answer = call!(self, "ListImportTasks", list_import_tasks, request)?;
        Ok(answer.tasks.iter().map(|task| task.id).collect())
    }

    async fn imported_rows(&self, task: i64, file: &str) -> Result<u64> {
        loop {
            let answer = call!(self, "GetImportState", get_import_state, pb::GetImportStateRequest { task })?;
            match answer.state() {
                ImportState::ImportCompleted => return Ok(u64::try_from(answer.row_count).unwrap_or(0)),
                ImportState::ImportFailed | ImportState::ImportFailedAndCleaned => {
                    let reason = answer.infos.iter().find(|info| info.key == "failed_reason");
                    let reason = reason.map_or("it does not say why", |info| info.value.as_str());
                    return Err(Error::Refused {
                        reason: format!("Milvus cannot import `{file}`: {reason}"),
                        hint: Hint::Insert,
                    });
                }
                _ => self.environment().sleep(POLL).await,
            }
        }
    }
}

/// Returns the refusal of an import where clusters replicate: it would have to be committed in a second step, for which
/// the protocol has no call.
fn needs_commit(message: &str) -> Error {
    Error::Refused {
        reason: format!("Milvus does not import files where clusters replicate, unless they are committed: {message}"),
        hint: Hint::Insert,
    }
}
