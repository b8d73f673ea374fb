//! The executable: where it is, which version it is, and what that version can do.

mod environment;
mod features;
mod find;
mod run;
mod version;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

pub use environment::child_environment;
pub use features::Features;
pub use find::EXECUTABLE;
pub use version::ToolVersion;

use crate::error::{Error, Result};

/// Time for the help to be printed. The tool contacts nothing for that.
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);

/// A `milvus-backup` that can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    executable: PathBuf,
    version: ToolVersion,
    features: Features,
}

impl Tool {
    /// The executable that was named, or else the first one called [`EXECUTABLE`] in the directories of `path`, which
    /// has the form of the variable `PATH`. Relative directories in `path` are left out.
    ///
    /// # Errors
    /// [`Error::NotFound`] and [`Error::NotExecutable`].
    pub fn find(named: Option<&Path>, path: Option<&OsStr>) -> Result<PathBuf> {
        find::find(named, path)
    }

    /// Asks an executable for its version and its flags, by running `create --help`. Blocks, for at most ten seconds.
    ///
    /// # Errors
    /// [`Error::Run`], [`Error::TimedOut`], and [`Error::NotTheTool`] for a program that prints no version.
    pub fn probe(executable: PathBuf) -> Result<Self> {
        let mut command = Command::new(&executable);
        command.args(["create", "--help"]).env_clear().envs(child_environment(std::env::vars_os()));
        let text = run::output(command, &executable, PROBE_TIMEOUT)?;
        let Some(version) = ToolVersion::from_output(&text) else {
            return Err(Error::NotTheTool { path: executable });
        };
        Ok(Self { executable, version, features: Features::from_create_help(&text) })
    }

    /// The executable.
    pub fn executable(&self) -> &Path {
        &self.executable
    }

    /// Its version.
    pub fn version(&self) -> &ToolVersion {
        &self.version
    }

    /// What it can do, by its own help.
    pub fn features(&self) -> Features {
        self.features
    }
}
