//! [`StateDirectory`]: the states of jobs on disk, and the locks that keep a job from running twice.
//!
//! Must always hold: a state is replaced in one step, and is on disk before its run starts. A lock ends with its process,
//! whatever ends that.

use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use milvus_backup_core::{Error, Result};
use milvus_backup_engine::JobState;

use crate::settings::Settings;

/// The directory of the scheduler.
#[derive(Debug, Clone)]
pub(crate) struct StateDirectory {
    path: PathBuf,
}

/// The right to run a job, or to be the scheduler. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct StateLock {
    _file: File,
}

impl StateDirectory {
    /// Opens the directory of the configuration or of the environment, and creates it if it does not exist.
    pub(crate) fn open(settings: &Settings) -> Result<Self> {
        let path = settings.schedule.state_directory.clone().unwrap_or_else(default_directory);
        let directory = Self { path };
        std::fs::create_dir_all(&directory.path).map_err(|source| directory.error(source))?;
        Ok(directory)
    }

    /// Returns the state of a job; that of a new one if there is none.
    ///
    /// # Errors
    /// [`Error::Configuration`] for a state that cannot be read. It is not replaced: its job could run twice.
    pub(crate) fn read(&self, job: &str) -> Result<JobState> {
        let path = self.path.join(format!("{job}.json"));
        match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|source| Error::Configuration {
                role: "state of the job".to_owned(),
                path: path.display().to_string(),
                source: Box::new(source),
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(JobState::default()),
            Err(error) => Err(self.error(error)),
        }
    }

    /// Replaces the state of a job in one step.
    pub(crate) fn write(&self, job: &str, state: &JobState) -> Result<()> {
        self.replace(job, state).map_err(|source| self.error(source))
    }

    fn replace(&self, job: &str, state: &JobState) -> std::io::Result<()> {
        let (path, new) = (self.path.join(format!("{job}.json")), self.path.join(format!("{job}.json.new")));
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec_pretty(state)?)?;
        file.sync_all()?;
        std::fs::rename(&new, &path)?;
        File::open(&self.path)?.sync_all()
    }

    /// Takes the lock of a job; `None` while another process has it.
    pub(crate) fn lock_job(&self, job: &str) -> Result<Option<StateLock>> {
        self.lock(&self.path.join(format!("{job}.lock")))
    }

    /// Takes the lock of the scheduler; `None` while another process has it.
    pub(crate) fn lock_scheduler(&self) -> Result<Option<StateLock>> {
        self.lock(&self.path.join("scheduler"))
    }

    fn lock(&self, path: &Path) -> Result<Option<StateLock>> {
        let file = File::create(path).map_err(|source| self.error(source))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(StateLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(self.error(source)),
        }
    }

    /// Returns the path in human-readable form.
    pub(crate) fn display(&self) -> String {
        self.path.display().to_string()
    }

    fn error(&self, source: std::io::Error) -> Error {
        Error::Configuration {
            role: "directory of the scheduler".to_owned(),
            path: self.path.display().to_string(),
            source: Box::new(source),
        }
    }
}

/// Returns the directory that systemd gives to a service, or one below the home directory.
fn default_directory() -> PathBuf {
    let given = |name: &str| std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let below_home = || std::env::home_dir().map(|home| home.join(".local").join("state"));
    given("STATE_DIRECTORY")
        .unwrap_or_else(|| given("XDG_STATE_HOME").or_else(below_home).unwrap_or_default().join("milvus-br"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_kept_and_a_torn_one_is_not_taken_for_a_new_one() {
        let temporary = tempfile::tempdir().unwrap();
        let directory = StateDirectory { path: temporary.path().to_path_buf() };
        assert_eq!(directory.read("nightly").unwrap(), JobState::default());
        let state = JobState { runs: 3, ..JobState::default() };
        directory.write("nightly", &state).unwrap();
        assert_eq!(directory.read("nightly").unwrap(), state);
        std::fs::write(temporary.path().join("nightly.json"), "{\"runs\": 3").unwrap();
        assert!(directory.read("nightly").is_err());
    }

    #[test]
    fn a_lock_is_held_once() {
        let temporary = tempfile::tempdir().unwrap();
        let directory = StateDirectory { path: temporary.path().to_path_buf() };
        let held = directory.lock_job("nightly").unwrap();
        assert!(held.is_some() && directory.lock_job("nightly").unwrap().is_none());
        assert!(directory.lock_job("weekly").unwrap().is_some());
        drop(held);
        assert!(directory.lock_job("nightly").unwrap().is_some());
    }
}
