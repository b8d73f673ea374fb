//! The diagnosis of a repository: whether it can be read, and whether its store keeps the promises of a commit.

use milvus_backup_core::DiagnosisArea::Storage as AREA;
use milvus_backup_core::{Diagnosis, DiagnosisStatus, Environment, ErrorKind, Result};
use milvus_backup_storage::{Check, Outcome, ProbeExtent, Promise};

use crate::handle::RepositoryHandle;

impl RepositoryHandle {
    /// Checks whether the repository can be read, and whether its store keeps the promises of commits and leases, with
    /// objects of its own, which are removed. A root that does not exist is not created.
    ///
    /// # Errors
    /// [`Internal`](milvus_backup_core::Error) errors of the machine. A call that the store refuses is a diagnosis.
    pub async fn diagnose(&self, environment: &Environment) -> Result<Vec<Diagnosis>> {
        let mut found = Vec::new();
        match self.storage().exists() {
            Ok(true) => {}
            Ok(false) => {
                let message = "the root does not exist; the first backup creates it";
                found.push(Diagnosis::new(AREA, "root", DiagnosisStatus::Warning, message));
                return Ok(found);
            }
            Err(error) => {
                found.push(Diagnosis::failed(AREA, "root", &error));
                return Ok(found);
            }
        }
        found.push(self.diagnose_reading().await);
        found.push(self.diagnose_marker().await);
        let report = self.storage().probe(environment, ProbeExtent::All).await?;
        // A directory has the clock of this machine.
        let is_known = |check: &Check| self.storage().is_remote() || check.promise != Promise::Clock;
        found.extend(report.checks.into_iter().filter(is_known).map(diagnosis));
        found.extend(self.diagnose_space());
        Ok(found)
    }

    /// What `list`, `verify` and `restore` need.
    async fn diagnose_reading(&self) -> Diagnosis {
        match self.storage().subdirectories("").await {
            Ok(collections) => {
                let number = collections.len();
                Diagnosis::passed(AREA, "list", format!("the root can be listed; directories: {number}"))
            }
            Err(error) => Diagnosis::failed(AREA, "list", &error),
        }
    }

    async fn diagnose_marker(&self) -> Diagnosis {
        match self.require_writable().await {
            Ok(()) if self.known_marker().get().is_some() => {
                Diagnosis::passed(AREA, "repository", "this version can read and change the repository")
            }
            Ok(()) => Diagnosis::passed(AREA, "repository", "there is none yet; the first backup creates it"),
            Err(error) => Diagnosis::failed(AREA, "repository", &error),
        }
    }

    fn diagnose_space(&self) -> Option<Diagnosis> {
        match self.storage().available_bytes() {
            Ok(Some(bytes)) => Some(Diagnosis::passed(AREA, "free_space", format!("{} MiB are free", bytes >> 20))),
            // An object store has no limit.
            Ok(None) => None,
            Err(error) => Some(Diagnosis::failed(AREA, "free_space", &error)),
        }
    }
}

/// Returns the diagnosis of one promise of the store.
fn diagnosis(Check { promise, outcome }: Check) -> Diagnosis {
    let check = promise.as_str();
    match outcome {
        Outcome::Kept => Diagnosis::passed(AREA, check, format!("{promise}: as expected")),
        Outcome::Broken(description) if promise.is_vital() => {
            Diagnosis::new(AREA, check, DiagnosisStatus::Failed, format!("{promise}: {description}"))
                .with_failure(ErrorKind::Refused)
        }
        Outcome::Broken(description) => {
            Diagnosis::new(AREA, check, DiagnosisStatus::Warning, format!("{promise}: {description}"))
        }
        Outcome::Failed(error) => Diagnosis::failed(AREA, check, &error),
        Outcome::Skipped(reason) => {
            Diagnosis::new(AREA, check, DiagnosisStatus::Unknown, format!("{promise}: {reason}"))
        }
        _ => Diagnosis::new(AREA, check, DiagnosisStatus::Unknown, format!("{promise}: unknown")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use milvus_backup_storage::Storage;
    use object_store::memory::InMemory;

    use super::*;
    use crate::test_environment::environment;

    #[tokio::test]
    async fn a_store_that_keeps_its_promises_passes_and_is_left_as_it_was() {
        let store = Arc::new(InMemory::new());
        let repository = RepositoryHandle::new(Storage::from_store(store, "memory"));
        let found = repository.diagnose(&environment()).await.unwrap();
        let bad = [DiagnosisStatus::Failed, DiagnosisStatus::Warning];
        assert!(found.len() > 8 && found.iter().all(|one| !bad.contains(&one.status)), "{found:#?}");
        assert_eq!(repository.root().list().await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_root_that_does_not_exist_is_not_created() {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("root");
        let repository = RepositoryHandle::new(Storage::open(root.to_str().unwrap()).unwrap());
        let found = repository.diagnose(&environment()).await.unwrap();
        assert_eq!(found.iter().map(|one| one.status).collect::<Vec<_>>(), [DiagnosisStatus::Warning]);
        assert!(!root.exists());
    }
}
