//! The protection of segments from compaction, by snapshots.
//!
//! A snapshot refers to the segments of its collection at its creation, and keeps them from compaction for a time. The
//! rows of an earlier read point remain readable then, even those that are deleted meanwhile.

use std::time::Duration;

use milvus::proto::milvus as pb;
use milvus_backup_core::{CollectionName, Error, Result};

use crate::call::call;
use crate::connection::MilvusConnection;
use crate::refusal::RefusalKind;

/// The description of a snapshot, for those who list snapshots.
const DESCRIPTION: &str = "protects segments from compaction during a backup";

impl MilvusConnection {
    /// Implements [`milvus_backup_core::Catalog::protect_from_compaction`] on this connection.
    pub(crate) async fn protect(
        &self,
        collection: &CollectionName,
        name: &CollectionName,
        time: Duration,
    ) -> Result<()> {
        if !self.server().await?.protects_from_compaction() {
            let version = self.version().await?;
            return Err(Error::Unsupported {
                what: format!("protection of segments from compaction on Milvus {version}"),
            });
        }
        let request = pb::CreateSnapshotRequest {
            name: name.to_string(),
            description: DESCRIPTION.to_owned(),
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            compaction_protection_seconds: i64::try_from(time.as_secs()).unwrap_or(i64::MAX).max(1),
            skip_index: true,
            ..Default::default()
        };
        match call!(self, "CreateSnapshot", create_snapshot, request) {
            // A first request whose response was lost may have been carried out. No other client uses this name.
            Err(failure) if failure.is_of_the_request() && self.has_snapshot(collection, name).await? => Ok(()),
            created => Ok(created.map(drop)?),
        }
    }

    /// Implements [`milvus_backup_core::Catalog::end_protection`] on this connection.
    pub(crate) async fn unprotect(&self, collection: &CollectionName, name: &CollectionName) -> Result<()> {
        let request = pb::DropSnapshotRequest {
            name: name.to_string(),
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            ..Default::default()
        };
        match call!(self, "DropSnapshot", drop_snapshot, request) {
            Err(failure) if failure.is(RefusalKind::CollectionNotFound) => Ok(()),
            Err(failure) if failure.is_of_the_request() && !self.has_snapshot(collection, name).await? => Ok(()),
            dropped => Ok(dropped.map(drop)?),
        }
    }

    async fn has_snapshot(&self, collection: &CollectionName, name: &CollectionName) -> Result<bool> {
        let request = pb::ListSnapshotsRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            ..Default::default()
        };
        let answer = call!(self, "ListSnapshots", list_snapshots, request)?;
        Ok(answer.snapshots.iter().any(|listed| listed == name.as_str()))
    }
}
