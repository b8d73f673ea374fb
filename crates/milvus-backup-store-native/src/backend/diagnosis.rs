//! The diagnosis of the tool and of the storages that it is to use.

use milvus_backup_core::{Diagnosis, DiagnosisArea, DiagnosisStatus, Hint};

use super::NativeBackend;

/// The directory that every storage of Milvus with rows has at its root.
const INSERT_LOG: &str = "insert_log";

impl NativeBackend {
    pub(super) async fn diagnoses(&self) -> Vec<Diagnosis> {
        vec![self.diagnose_tool().await, self.diagnose_storage().await, self.diagnose_restores()]
    }

    async fn diagnose_tool(&self) -> Diagnosis {
        let (area, check) = (DiagnosisArea::Configuration, "native_tool");
        match self.tool().await {
            Ok(tool) => {
                let message = format!("milvus-backup {} at {}", tool.version(), tool.executable().display());
                Diagnosis::passed(area, check, message)
            }
            Err(error) => {
                let mut failed = Diagnosis::failed(area, check, &error);
                let install = || Hint::from("install milvus-backup 0.5.15 or newer, or name its executable");
                failed.hint = failed.hint.or_else(|| Some(install()));
                failed
            }
        }
    }

    async fn diagnose_storage(&self) -> Diagnosis {
        let (area, check) = (DiagnosisArea::Storage, "native_milvus_storage");
        let storage = &self.parts.milvus_storage;
        if let Err(error) = self.require_paths() {
            return Diagnosis::failed(area, check, &error);
        }
        match storage.subdirectories("").await {
            Ok(names) if names.iter().any(|name| name == INSERT_LOG) => {
                Diagnosis::passed(area, check, format!("`{}` has the segments of a Milvus", storage.location()))
            }
            Ok(_) => {
                let message = format!(
                    "`{}` has no `{INSERT_LOG}`: it is not the root of a storage of Milvus, or Milvus has flushed nothing yet",
                    storage.location()
                );
                Diagnosis::new(area, check, DiagnosisStatus::Warning, message)
            }
            Err(error) => Diagnosis::failed(area, check, &error),
        }
    }

    fn diagnose_restores(&self) -> Diagnosis {
        let (area, check) = (DiagnosisArea::Storage, "native_restore");
        match self.parts.settings.obstacle_to_restore() {
            None => Diagnosis::passed(area, check, "milvus-backup can restore between these storages"),
            Some(obstacle) => Diagnosis::new(
                area,
                check,
                DiagnosisStatus::Warning,
                format!("{obstacle}; rows can be inserted instead"),
            ),
        }
    }
}
