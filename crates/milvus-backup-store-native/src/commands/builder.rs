//! [`Commands`]: builds the command lines of the tool, for one version and one configuration.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use super::invocation::Invocation;
use crate::error::{Error, Result};
use crate::name::NativeBackupName;
use crate::tool::Features;

/// Builds command lines for one version of the tool and one configuration.
///
/// Secrets belong in the configuration file or in [`Commands::with_variable`], never in [`Commands::with_setting`]:
/// other users can read the arguments of a process.
#[derive(Clone, Default)]
pub struct Commands {
    pub(crate) features: Features,
    config: Option<PathBuf>,
    settings: Vec<(String, String)>,
    variables: BTreeMap<String, String>,
}

impl std::fmt::Debug for Commands {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Commands")
            .field("features", &self.features)
            .field("config", &self.config)
            .field("settings", &self.settings)
            .field("variables", &self.variables.keys())
            .finish()
    }
}

impl Commands {
    /// Creates a builder for a version of the tool.
    pub fn new(features: Features) -> Self {
        Self { features, ..Self::default() }
    }

    /// Sets the configuration file. Without one, the tool looks for `backup.yaml` in its working directory.
    #[must_use]
    pub fn with_config(mut self, file: impl Into<PathBuf>) -> Self {
        self.config = Some(file.into());
        self
    }

    /// Overrides one value of the configuration file (`--set`).
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] for text that the tool would split: it separates settings at commas, keys and values
    /// at `=`.
    pub fn with_setting(mut self, key: &str, value: &str) -> Result<Self> {
        let invalid = |reason| Err(Error::InvalidSetting { key: key.to_owned(), reason });
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
        if key.is_empty() || !key.bytes().all(plain) {
            return invalid("a key has letters, digits, `_` and `.` only");
        }
        if value.contains(['=', ',', '"']) || value.chars().any(char::is_control) {
            return invalid("a value has no `=`, comma, double quote or control character");
        }
        self.settings.push((key.to_owned(), value.to_owned()));
        Ok(self)
    }

    /// Sets an environment variable of the child process, such as `MILVUS_PASSWORD`.
    #[must_use]
    pub fn with_variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Returns the command line that prints the description of a backup, as JSON: see [`crate::BackupBrief`].
    pub fn get(&self, name: &NativeBackupName) -> Invocation {
        self.invocation("get", [format!("--name={name}")])
    }

    /// Returns the command line that prints the names of all backups: see [`crate::BackupList`].
    pub fn list(&self) -> Invocation {
        self.invocation("list", [])
    }

    /// Returns the command line that deletes a backup.
    pub fn delete(&self, name: &NativeBackupName) -> Invocation {
        self.invocation("delete", [format!("--name={name}")])
    }

    /// Returns a command with its flags, after the flags common to every command.
    pub(super) fn invocation(&self, command: &str, flags: impl IntoIterator<Item = String>) -> Invocation {
        let mut arguments = vec![OsString::from(command)];
        if let Some(file) = &self.config {
            let mut argument = OsString::from("--config=");
            argument.push(file);
            arguments.push(argument);
        }
        arguments.extend(self.settings.iter().map(|(key, value)| format!("--set={key}={value}").into()));
        arguments.extend(flags.into_iter().map(OsString::from));
        Invocation::new(arguments, self.variables.clone())
    }
}
