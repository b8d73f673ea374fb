//! [`ObjectStoreServer`]: a running object store of any kind.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{
    azurite::Azurite,
    client::{Account, Client},
    credentials::{AZURE_ACCOUNT, AZURE_KEY, Credentials},
    gateway::Gateway,
    kind::StoreKind,
    moto::Moto,
    root::StoreRoot,
    seaweed::Seaweed,
};
use crate::error::Error;

/// A running object store of any kind, on fresh data, which is stopped when it is dropped.
#[derive(Debug)]
pub struct ObjectStoreServer {
    kind: StoreKind,
    process: Process,
    client: Arc<Client>,
    buckets: AtomicU32,
}

#[derive(Debug)]
enum Process {
    Seaweed(Seaweed),
    Moto(Moto),
    Azurite(Azurite),
    /// The gateway ends before the store behind it.
    Gcs(Box<(Gateway, Seaweed)>),
}

impl ObjectStoreServer {
    /// Starts a store of this kind without buckets.
    pub fn start(kind: StoreKind) -> Result<Self, Error> {
        let process = match kind {
            StoreKind::SeaweedFs => Process::Seaweed(Seaweed::start()?),
            StoreKind::Moto => Process::Moto(Moto::start()?),
            StoreKind::Azurite => Process::Azurite(Azurite::start()?),
            StoreKind::Gcs => {
                let store = Seaweed::start()?;
                Process::Gcs(Box::new((Gateway::start(store.port())?, store)))
            }
        };
        Self::of(kind, process)
    }

    /// Starts a `SeaweedFS` that rejects every write after about so many MiB.
    pub fn with_room_for(mebibytes: u32) -> Result<Self, Error> {
        Self::of(StoreKind::SeaweedFs, Process::Seaweed(Seaweed::with_room_for(mebibytes)?))
    }

    fn of(kind: StoreKind, process: Process) -> Result<Self, Error> {
        let (user, secret) = Credentials::Full.s3();
        let s3 = |port: u16| Account { kind: "s3", endpoint: address(port), user, secret };
        let account = match &process {
            Process::Seaweed(store) => s3(store.port()),
            Process::Gcs(pair) => s3(pair.1.port()),
            Process::Moto(store) => s3(store.port()),
            Process::Azurite(store) => {
                let endpoint = format!("{}/{AZURE_ACCOUNT}", address(store.port()));
                Account { kind: "azure", endpoint, user: AZURE_ACCOUNT, secret: AZURE_KEY }
            }
        };
        Ok(Self { kind, process, client: Arc::new(Client::start(&account)?), buckets: AtomicU32::new(0) })
    }

    /// Returns the kind of the store.
    pub fn kind(&self) -> StoreKind {
        self.kind
    }

    /// Makes a bucket, and returns a place for a repository in it.
    pub fn root(&self) -> Result<StoreRoot, Error> {
        let bucket = format!("testkit-{}", self.buckets.fetch_add(1, Ordering::Relaxed));
        self.client.value("make", &[&bucket], b"")?;
        Ok(StoreRoot {
            kind: self.kind,
            endpoint: address(self.port(Credentials::Full)),
            bucket,
            credentials: Credentials::Full,
            signature: None,
            client: Arc::clone(&self.client),
        })
    }

    /// Returns the same place for a client with other credentials. Wrong ones are an error only to `SeaweedFS` and Azurite.
    pub fn root_with(&self, root: &StoreRoot, credentials: Credentials) -> Result<StoreRoot, Error> {
        let signature = match (self.kind, credentials) {
            (StoreKind::Azurite, Credentials::ReadOnly) => {
                self.client.value("reader", &[&root.bucket], b"")?.as_str().map(str::to_owned)
            }
            _ => None,
        };
        Ok(StoreRoot { endpoint: address(self.port(credentials)), credentials, signature, ..root.clone() })
    }

    /// Returns the ids of its processes.
    pub fn pids(&self) -> Vec<u32> {
        match &self.process {
            Process::Seaweed(store) => store.pid().into_iter().collect(),
            Process::Moto(store) => store.pid().into_iter().collect(),
            Process::Azurite(store) => store.pid().into_iter().collect(),
            Process::Gcs(both) => both.0.pid().into_iter().chain(both.1.pid()).collect(),
        }
    }

    fn port(&self, credentials: Credentials) -> u16 {
        match &self.process {
            Process::Seaweed(store) => store.port(),
            Process::Moto(store) => store.port(),
            Process::Azurite(store) => store.port(),
            Process::Gcs(pair) if credentials == Credentials::ReadOnly => pair.0.read_only_port(),
            Process::Gcs(pair) => pair.0.port(),
        }
    }
}

fn address(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}
