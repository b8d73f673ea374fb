//! Outside witnesses: Python scripts that examine the same data with third-party software.

mod fork_server;

use std::{io::Write, process::Command, sync::Arc, time::Duration};

use fork_server::ForkServer;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    command,
    error::{Attempt, Error},
    python::{Environment, Installed},
};

const LIMIT: Duration = Duration::from_mins(2);
const RUNNER: &str = include_str!("../scripts/run_witness.py");

/// Runs Python scripts with pymilvus, pyarrow, `DuckDB` and polars installed.
///
/// Each script runs in a process of its own, forked from one that has imported pymilvus: the import takes a second of a
/// processor, which is longer than most scripts.
#[derive(Debug, Clone)]
pub struct Witness {
    installed: Installed,
    forks: Arc<ForkServer>,
    limit: Duration,
}

impl Witness {
    /// Creates the default witness, see [`Environment::witness`], and installs it if it is missing.
    pub fn new() -> Result<Self, Error> {
        Self::of(Environment::witness())
    }

    /// Creates a witness with other packages.
    pub fn of(environment: Environment) -> Result<Self, Error> {
        let installed = environment.install()?;
        Ok(Self { forks: Arc::new(ForkServer::start(&installed)?), installed, limit: LIMIT })
    }

    /// Sets the time limit of scripts, which is two minutes by default. A script that exceeds it is killed.
    #[must_use]
    pub fn with_timeout(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs `script` and returns the value that it printed, as JSON, on its last line.
    ///
    /// The script finds `input` in its global variable `given`. Its output before the last line is ignored; if it
    /// fails, the error contains its traceback.
    pub fn ask<T: DeserializeOwned>(&self, script: &str, input: &impl Serialize) -> Result<T, Error> {
        let given = serde_json::to_vec(input).map_err(|source| Error::Question { source })?;
        let mut file = tempfile::Builder::new()
            .prefix("witness-")
            .suffix(".py")
            .tempfile()
            .attempt(|| "write the witness script".to_owned())?;
        file.write_all(script.as_bytes()).attempt(|| "write the witness script".to_owned())?;
        let mut python = Command::new(self.installed.python());
        python.args(["-I", "-S", "-c", RUNNER]).arg(self.forks.socket()).arg(file.path());
        let printed = command::run(python, &given, self.limit)?;
        let last = printed.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        serde_json::from_str(last)
            .map_err(|source| Error::Answer { source, output: command::tail(&printed).to_owned() })
    }
}
