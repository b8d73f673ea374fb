//! The checks of a probe, on objects below a directory of their own.

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use jiff::SignedDuration;
use milvus_backup_core::{Environment, Error, Result};
use object_store::{Error as StoreError, ObjectStoreExt, PutMode, PutOptions};

use super::report::{Outcome, ProbeExtent, ProbeReport, Promise};
use crate::directory::Directory;
use crate::error::{exists_already, is_unsupported, storage};
use crate::storage::Storage;
use crate::upload::AbandonedUploads;

/// Beginning of the name of the directory of a probe.
pub(super) const DIRECTORY: &str = "milvus-br-probe-";

/// Number of creates at once.
const CREATES: usize = 8;

/// Difference of the clocks from which on a store may soon reject requests: S3 does from 15 minutes on.
const MAX_SKEW: SignedDuration = SignedDuration::from_mins(5);

const FIRST: &[u8] = b"{\"probe\": \"first\"}\n";
const SECOND: &[u8] = b"{\"probe\": \"second\"}\n";

impl Storage {
    /// Checks the promises of the store with objects in a directory of a random name, which are removed. What is kept
    /// here may be broken later: no probe can prove the opposite.
    ///
    /// # Errors
    /// Errors of the entropy of the environment. A call that fails is part of the report.
    pub async fn probe(&self, environment: &Environment, extent: ProbeExtent) -> Result<ProbeReport> {
        let number = u32::from_be_bytes(environment.entropy.bytes()?);
        let probe = Probe { directory: self.directory(format!("{DIRECTORY}{number:08x}")) };
        let mut report = ProbeReport::default();
        if !probe.create(&mut report).await {
            return Ok(report);
        }
        report.add(Promise::ReadAfterWrite, probe.read().await);
        report.add(Promise::ListAfterWrite, probe.list().await);
        if extent == ProbeExtent::All {
            report.add(Promise::OneCreateWins, probe.race().await);
            report.add(Promise::RangeRead, probe.read_range().await);
            report.add(Promise::UploadsInvisible, probe.upload().await);
            report.add(Promise::Clock, clock(self, environment));
        }
        report.add(Promise::Delete, probe.delete(extent).await);
        self.remove_directory(probe.directory.path()).await?;
        Ok(report)
    }
}

/// The objects of a probe.
struct Probe {
    directory: Directory,
}

impl Probe {
    /// Creates an object, and then the same one again. Returns whether there is an object.
    async fn create(&self, report: &mut ProbeReport) -> bool {
        match self.put("first", FIRST).await {
            Ok(()) => report.add(Promise::Write, Outcome::Kept),
            Err(error) if is_unsupported(&error) => {
                report.add(Promise::ConditionalCreate, Outcome::Broken("it has no conditional put".to_owned()));
                return false;
            }
            Err(error) => {
                report.add(Promise::Write, self.failed("first", error));
                return false;
            }
        }
        let outcome = match self.put("first", SECOND).await {
            Ok(()) => Outcome::Broken("it ignores the condition of a conditional put".to_owned()),
            Err(error) if exists_already(&error) => Outcome::Kept,
            Err(error) => self.failed("first", error),
        };
        report.add(Promise::ConditionalCreate, outcome);
        true
    }

    async fn put(&self, file: &str, bytes: &'static [u8]) -> std::result::Result<(), StoreError> {
        let path = self
            .directory
            .object(file)
            .map_err(|error| StoreError::Generic { store: "probe", source: error.to_string().into() })?;
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        self.directory.store().put_opts(&path, Bytes::from_static(bytes).into(), options).await.map(drop)
    }

    fn failed(&self, file: &str, error: StoreError) -> Outcome {
        Outcome::Failed(storage("create", format!("{}/{file}", self.directory.path()), error))
    }

    async fn read(&self) -> Outcome {
        match self.directory.read_document("first", FIRST.len() as u64 + SECOND.len() as u64).await {
            Ok(Some(bytes)) if bytes == FIRST => Outcome::Kept,
            Ok(Some(bytes)) if bytes == SECOND => {
                Outcome::Broken("it replaced an object that it had to keep".to_owned())
            }
            Ok(Some(_)) => Outcome::Broken("it returns other bytes than were written".to_owned()),
            Ok(None) => Outcome::Broken("it does not find an object right after it was written".to_owned()),
            Err(error) => Outcome::Failed(error),
        }
    }

    async fn list(&self) -> Outcome {
        match self.directory.list().await {
            Ok(files) if files.iter().any(|(file, _)| file == "first") => Outcome::Kept,
            Ok(_) => Outcome::Broken("it does not list an object right after it was written".to_owned()),
            Err(error) => Outcome::Failed(error),
        }
    }

    async fn race(&self) -> Outcome {
        let mut creates = FuturesUnordered::new();
        for _ in 0..CREATES {
            creates.push(self.put("race", FIRST));
        }
        let mut won = 0;
        while let Some(outcome) = creates.next().await {
            match outcome {
                Ok(()) => won += 1,
                Err(error) if exists_already(&error) => {}
                Err(error) => return self.failed("race", error),
            }
        }
        match won {
            1 => Outcome::Kept,
            0 => Outcome::Skipped(format!("none of {CREATES} creates at once succeeded")),
            won => Outcome::Broken(format!("{won} of {CREATES} creates of the same object at once succeeded")),
        }
    }

    async fn read_range(&self) -> Outcome {
        let range = async {
            let path = self.directory.object("first")?;
            let range = self.directory.store().get_range(&path, 3..8).await;
            range.map_err(|source| storage("read", &path, source))
        };
        match range.await {
            Ok(bytes) if bytes == FIRST[3..8] => Outcome::Kept,
            Ok(bytes) => Outcome::Broken(format!("it returns {} bytes for a range of 5", bytes.len())),
            Err(error) => Outcome::Failed(error),
        }
    }

    /// Starts an upload in parts, aborts it, and looks for its object.
    async fn upload(&self) -> Outcome {
        let uploaded = async {
            let mut upload = self.directory.upload("upload", &AbandonedUploads::default()).await?;
            for _ in 0..2 {
                upload.put(Bytes::from_static(FIRST)).await?;
            }
            let visible = self.directory.size("upload").await?.is_some();
            upload.abort().await;
            Ok::<_, Error>(visible || self.directory.size("upload").await?.is_some())
        };
        match uploaded.await {
            Ok(false) => Outcome::Kept,
            Ok(true) => Outcome::Broken("an upload is visible before it is complete".to_owned()),
            Err(error) => Outcome::Failed(error),
        }
    }

    /// Deletes the objects, and looks for one of them if everything is to be checked.
    async fn delete(&self, extent: ProbeExtent) -> Outcome {
        let mut files = vec!["first".to_owned()];
        if extent == ProbeExtent::All {
            files.push("race".to_owned());
        }
        let deleted = async {
            self.directory.delete(files).await?;
            let remains = extent == ProbeExtent::All && self.directory.size("first").await?.is_some();
            Ok::<_, Error>(remains)
        };
        match deleted.await {
            Ok(false) => Outcome::Kept,
            Ok(true) => Outcome::Broken("it still has an object that was deleted".to_owned()),
            Err(error) => Outcome::Failed(error),
        }
    }
}

/// Compares the time of the last response with that of this machine.
fn clock(storage: &Storage, environment: &Environment) -> Outcome {
    let Some(time) = storage.store_time() else { return Outcome::Skipped("it does not report its time".to_owned()) };
    let skew = environment.clock.now().duration_since(time).abs();
    if skew <= MAX_SKEW {
        return Outcome::Kept;
    }
    Outcome::Broken(format!("its clock differs from that of this machine by {} seconds", skew.as_secs()))
}
