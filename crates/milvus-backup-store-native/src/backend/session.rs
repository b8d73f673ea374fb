//! One invocation of the tool by the backend, with its private directory and configuration.

use milvus_backup_core::{CollectionRef, Error, Result};
use milvus_backup_storage::{Directory, Place};

use super::NativeBackend;
use crate::commands::Commands;
use crate::commands::Invocation;
use crate::configuration::{Paths, document};
use crate::failure::FailureContext;
use crate::process::{Ended, PrivateDirectory, run};
use crate::tool::Tool;

/// The directory of the tool's files, below that of a backup.
const DATA: &str = "data";

/// A tool with its configuration for the backups below one directory.
#[derive(Debug)]
pub(super) struct ToolSession<'a> {
    tool: &'a Tool,
    private: PrivateDirectory,
    pub(super) commands: Commands,
}

impl ToolSession<'_> {
    /// Runs an invocation to its end.
    pub(super) async fn run(&self, invocation: &Invocation) -> Result<Ended> {
        Ok(run(invocation, self.tool.executable(), &self.private).await?)
    }

    /// Returns the version of the tool.
    pub(super) fn version(&self) -> String {
        self.tool.version().to_string()
    }
}

impl NativeBackend {
    /// Writes the configuration with which the tool reads and writes below the directory of a backup.
    pub(super) async fn session(&self, backup: &Directory) -> Result<ToolSession<'_>> {
        let tool = self.tool().await?;
        let private = PrivateDirectory::create()?;
        let (backups, log) = (self.backups_path(backup)?, private.log());
        let paths = Paths { backups: &backups, log: log.to_str().unwrap_or_default() };
        let file = private.write_configuration(&document(tool.features(), &self.parts.settings, paths))?;
        Ok(ToolSession { tool, private, commands: Commands::new(tool.features()).with_config(file) })
    }

    /// Returns the directory in which the tool keeps the files of a backup: its path on the disk, or in the bucket.
    fn backups_path(&self, backup: &Directory) -> Result<String> {
        let below = format!("{}/{DATA}", backup.path());
        match &self.parts.settings.backup_storage {
            Place::Directory(root) => match root.join(below).into_os_string().into_string() {
                Ok(path) => Ok(path),
                Err(path) => Err(Error::InvalidParameter {
                    field: "root".to_owned(),
                    value: path.display().to_string(),
                    limit: "a path of printable characters".to_owned(),
                }),
            },
            Place::Bucket(bucket) if bucket.prefix.is_empty() => Ok(below),
            Place::Bucket(bucket) => Ok(format!("{}/{below}", bucket.prefix)),
            _ => Err(Error::Unsupported { what: "milvus-backup with this kind of storage".to_owned() }),
        }
    }

    /// Returns the error for an invocation that did not do what it had to.
    pub(super) fn failure(
        &self,
        action: &'static str,
        collection: &CollectionRef,
        backup: &str,
        explain: impl FnOnce(&FailureContext<'_>) -> Error,
    ) -> Error {
        let settings = &self.parts.settings;
        explain(&FailureContext {
            action,
            uri: &settings.server.uri(),
            milvus_storage: self.parts.milvus_storage.location(),
            backup_storage: self.parts.repository.storage().location(),
            collection,
            backup,
            secrets: &settings.secrets(),
        })
    }
}
