//! [`Tool`]: an executable whose version and features are known.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::environment::child_environment;
use super::features::Features;
use super::find::find;
use super::run::output;
use super::version::ToolVersion;
use crate::error::{Error, Result};

/// Time limit for printing the help. The tool contacts no server for that.
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);

/// A `milvus-backup` executable that can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    executable: PathBuf,
    version: ToolVersion,
    features: Features,
}

impl Tool {
    /// Returns the named executable, or else the first one called [`EXECUTABLE`](crate::EXECUTABLE) in the directories of `path`, which
    /// has the form of the variable `PATH`. Relative directories in `path` are skipped.
    ///
    /// # Errors
    /// [`Error::NotFound`] and [`Error::NotExecutable`], with the path.
    pub fn find(named: Option<&Path>, path: Option<&OsStr>) -> Result<PathBuf> {
        find(named, path)
    }

    /// Determines the version and the flags of an executable, by running `create --help`. Blocks for at most ten
    /// seconds.
    ///
    /// # Errors
    /// [`Error::Run`], [`Error::TimedOut`], and [`Error::NotTheTool`] for a program that prints no version.
    pub fn probe(executable: PathBuf) -> Result<Self> {
        let mut command = Command::new(&executable);
        command.args(["create", "--help"]).env_clear().envs(child_environment(std::env::vars_os()));
        let text = output(command, &executable, PROBE_TIMEOUT)?;
        let Some(version) = ToolVersion::from_output(&text) else {
            return Err(Error::NotTheTool { path: executable });
        };
        Ok(Self { executable, version, features: Features::from_create_help(&text) })
    }

    /// Checks that a backup which the tool reports as written can have rows.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for versions that back a local storage up without its rows, and report success.
    pub fn require_trustworthy(&self) -> Result<()> {
        if self.features.filter && self.features.strategy {
            return Ok(());
        }
        let what = format!(
            "reliable backup of a local storage: this is version {}, and 0.5.15 or newer is needed",
            self.version
        );
        Err(Error::Unsupported { what })
    }

    /// Returns the path of the executable.
    pub fn executable(&self) -> &Path {
        &self.executable
    }

    /// Returns the version of the tool.
    pub fn version(&self) -> &ToolVersion {
        &self.version
    }

    /// Returns the features of the tool, according to its own help.
    pub fn features(&self) -> Features {
        self.features
    }
}
