//! Running `milvus-br` as a user would, with the command and its time in the transcript.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::terminal::{say, seconds};
use crate::workspace;

/// The program with its surroundings.
#[derive(Debug)]
pub(super) struct Product {
    program: PathBuf,
    environment: Vec<(&'static str, String)>,
}

impl Product {
    /// The program at `program`, told where the backups are.
    pub(super) fn new(program: PathBuf, backups: &Path) -> Self {
        Self { program, environment: Vec::new() }.with("MILVUS_BR_ROOT", workspace::shown(backups))
    }

    /// The same program with another variable.
    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.environment.push((name, value));
        self
    }

    /// Prints the variables as one would set them in a shell.
    pub(super) fn show_environment(&self) {
        for (name, value) in &self.environment {
            say(format_args!("$ export {name}={value}"));
        }
    }

    /// Runs a command that must succeed.
    pub(super) fn run(&self, arguments: &str) -> Result<()> {
        let status = self.status(arguments)?;
        if status.success() { Ok(()) } else { Err(Error::Failed { command: format!("milvus-br {arguments}"), status }) }
    }

    /// Runs a command and returns how it ended.
    pub(super) fn status(&self, arguments: &str) -> Result<ExitStatus> {
        say(format_args!("\n$ milvus-br {arguments}"));
        let started = Instant::now();
        let status = self.command(arguments).status().map_err(Error::io("run milvus-br"))?;
        say(format_args!("  [{}, {}]", status, seconds(started.elapsed())));
        Ok(status)
    }

    /// What a command prints with `--json`.
    pub(super) fn ask<T: DeserializeOwned>(&self, arguments: &str) -> Result<T> {
        let printed = workspace::capture(self.command(&format!("{arguments} --json")))?;
        serde_json::from_slice(&printed)
            .map_err(|source| Error::Unreadable { command: format!("milvus-br {arguments} --json"), source })
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments.split_whitespace()).current_dir(workspace::root()).stdin(Stdio::null());
        // The demo shows what the flags and variables in its transcript do, whatever else is set here.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MILVUS_")) {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (*name, value)));
        command
    }
}
