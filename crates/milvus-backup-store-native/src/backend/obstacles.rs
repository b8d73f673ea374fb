//! Why the tool cannot be used with these storages, this server or this backup.

use std::path::Path;

use milvus_backup_core::{Error, ErrorKind, Result, StoredBackup};
use milvus_backup_storage::Place;

use super::NativeBackend;
use crate::namespace::Namespace;
use crate::rows::payload;

impl NativeBackend {
    /// Checks that the paths can be given to the tool, and that the storage of the server is a directory that exists if
    /// it is one.
    pub(super) fn require_paths(&self) -> Result<()> {
        let settings = &self.parts.settings;
        for (field, place) in [("milvus_storage", &settings.milvus_storage), ("root", &settings.backup_storage)] {
            if let Place::Directory(path) = place {
                require_text(field, path)?;
            }
        }
        if let Place::Directory(path) = &settings.milvus_storage
            && !path.is_dir()
        {
            return Err(invalid("milvus_storage", path, "a directory that exists on this machine"));
        }
        Ok(())
    }

    /// Returns why the tool cannot restore a backup here.
    pub(super) async fn obstacle(&self, backup: &StoredBackup) -> Result<Option<String>> {
        payload(backup)?;
        let usable = self.tool().await.map(drop).and_then(|()| self.require_paths());
        let usable = usable.and_then(|()| Ok(Namespace::try_from(&backup.metadata.collection()?).map(drop)?));
        match usable {
            // It is about this program or the paths, and not about the backup.
            Err(error) if matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::InvalidParameter) => {
                Ok(Some(error.full_message()))
            }
            Err(error) => Err(error),
            Ok(()) => Ok(self.parts.settings.obstacle_to_restore().map(str::to_owned)),
        }
    }
}

fn require_text(field: &str, path: &Path) -> Result<()> {
    if path.is_absolute() && path.to_str().is_some_and(|path| !path.chars().any(char::is_control)) {
        return Ok(());
    }
    Err(invalid(field, path, "an absolute path of printable characters, which milvus-backup can be given"))
}

fn invalid(field: &str, path: &Path, limit: &str) -> Error {
    Error::InvalidParameter { field: field.to_owned(), value: path.display().to_string(), limit: limit.to_owned() }
}
