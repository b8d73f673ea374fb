//! Bulk import, in which Milvus itself reads Parquet files.

use milvus::proto::common::ImportState;
use milvus::proto::milvus as pb;
use milvus_backup_core::{CollectionName, Error, Hint, Result};

use crate::call::{call, call_once};
use crate::connection::MilvusConnection;
use crate::polling::POLL;

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
        // Not retried if its response is lost: the rows would be inserted twice.
        let tasks = call_once!(self, "Import", import, request)?.tasks;
        let mut rows = 0;
        for task in tasks {
            rows += self.imported_rows(task, file).await?;
        }
        Ok(rows)
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
