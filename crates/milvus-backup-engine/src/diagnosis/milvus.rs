//! The diagnosis of a Milvus server.

use milvus_backup_core::DiagnosisArea::Milvus as AREA;
use milvus_backup_core::{Access, CollectionName, Diagnosis, DiagnosisStatus, ReplicationRole, Result};

use crate::BackupManager;

/// The access that a restore with indexes, partitions and properties needs.
const RESTORING_EVERYTHING: &[Access] = &[Access::CreatePartition, Access::CreateIndex, Access::Load];

impl BackupManager {
    /// Checks the version of Milvus, its known issues, its role among clusters that replicate, and what the user may do:
    /// with this collection, or with the first one of the database; and the program that writes backups, if there is one.
    /// Nothing is changed. What cannot be checked is a
    /// diagnosis.
    pub async fn diagnose(&self, collection: Option<&CollectionName>) -> Vec<Diagnosis> {
        let mut found = vec![self.version().await];
        found.extend(self.issues().await);
        found.extend(self.role().await);
        match self.examined(collection).await {
            Ok(Some(name)) => found.extend([self.reading(&name).await, self.restoring(&name).await]),
            Ok(None) => {
                let message = "the database has no collection with which privileges could be checked";
                found.push(Diagnosis::new(AREA, "privileges", DiagnosisStatus::Unknown, message));
            }
            Err(error) => found.push(Diagnosis::failed(AREA, "collections", &error)),
        }
        if let Some(backend) = &self.backend {
            found.extend(backend.diagnose().await);
        }
        found
    }

    async fn version(&self) -> Diagnosis {
        match self.catalog.capabilities().await {
            Ok(capabilities) => {
                let (uri, version) = (self.catalog.uri(), capabilities.server_version);
                Diagnosis::passed(AREA, "server", format!("version {version} at {uri}"))
            }
            Err(error) => Diagnosis::failed(AREA, "server", &error),
        }
    }

    async fn issues(&self) -> Vec<Diagnosis> {
        match self.catalog.known_issues().await {
            Ok(issues) if issues.is_empty() => {
                vec![Diagnosis::passed(AREA, "known_issues", "none of this version that affects backups")]
            }
            Ok(issues) => {
                let warning = |issue: String| Diagnosis::new(AREA, "known_issues", DiagnosisStatus::Warning, issue);
                issues.iter().map(|issue| warning(issue.to_string())).collect()
            }
            Err(error) => vec![Diagnosis::failed(AREA, "known_issues", &error)],
        }
    }

    /// Returns the role of the cluster, where clusters replicate.
    async fn role(&self) -> Option<Diagnosis> {
        match self.catalog.replication_role().await {
            Ok(ReplicationRole::Standby { primary }) => {
                let message = format!("this cluster is a standby of cluster `{primary}`: restores to it are refused");
                Some(Diagnosis::new(AREA, "replication", DiagnosisStatus::Warning, message))
            }
            Ok(role) if role.replicates() => {
                let message = "clusters replicate: a restore inserts rows, and imports no files";
                Some(Diagnosis::passed(AREA, "replication", message))
            }
            Ok(_) => None,
            Err(error) => Some(Diagnosis::failed(AREA, "replication", &error)),
        }
    }

    /// Returns the collection that was named, if it exists, or the first one of the database.
    async fn examined(&self, collection: Option<&CollectionName>) -> Result<Option<CollectionName>> {
        if let Some(name) = collection {
            self.catalog.describe_collection(name).await?;
            return Ok(Some(name.clone()));
        }
        let names = self.catalog.list_collections().await?;
        Ok(names.iter().find_map(|name| name.parse().ok()))
    }

    async fn reading(&self, collection: &CollectionName) -> Diagnosis {
        let access = self.catalog.require_access(collection, Access::READING).await;
        privileges("privileges_create", &format!("create of `{collection}`"), access)
    }

    async fn restoring(&self, collection: &CollectionName) -> Diagnosis {
        let needed = [Access::RESTORING, RESTORING_EVERYTHING].concat();
        privileges("privileges_restore", "restore", self.catalog.require_access(collection, &needed).await)
    }
}

fn privileges(check: &str, operation: &str, access: Result<()>) -> Diagnosis {
    match access {
        Ok(()) => Diagnosis::passed(AREA, check, format!("none is known to be missing for {operation}")),
        Err(error) => Diagnosis::failed(AREA, check, &error),
    }
}
