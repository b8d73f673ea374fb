//! [`Double`]: a server that listens, and what tests do to it.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use milvus::proto::milvus as pb;
use milvus::proto::milvus::milvus_service_server::MilvusServiceServer;
use milvus_backup_core::DEFAULT_DATABASE;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tonic::transport::server::TcpIncoming;

use super::call::{Parts, locked};
use super::faults::{Fault, Faults};
use super::journal::Journal;
use super::places::Place;
use super::service::Service;
use super::settings::Settings;
use super::tampering::Tampered;
use crate::fakes::milvus::version::Version;
use crate::fakes::{InMemoryMilvus, ServerModel};

/// A server of one release of Milvus, in process, which speaks its protocol on a port of its own until it is dropped.
///
/// It is a stand-in, since no such server can run here: it follows the protocol definitions, release notes, documentation
/// and issues, and is held to the conformance suites through the client. What is not modelled, beside what the in-memory
/// Milvus does not: users, searches, filters on fields other than the primary key, and the passing of time.
///
/// ```
/// use milvus_backup_core::RowSink;
/// use milvus_backup_testkit::fakes::{Double, Fault, Version};
///
/// let milvus = Double::start(Version::new(2, 6, 24));
/// milvus.refuse("Query", 2, Fault::rate_limit());
/// assert!(milvus.uri().starts_with("http://127.0.0.1:"));
/// ```
pub struct Double {
    pub(super) parts: Arc<Parts>,
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl fmt::Debug for Double {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Double")
            .field("version", &self.parts.version)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        // Waiting is not allowed where a test is asynchronous.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Double {
    /// Starts a server of this release, without collections.
    pub fn start(version: Version) -> Self {
        Self::with_model(version, ServerModel::milvus(version))
    }

    /// Starts the same with a default database that behaves in another way.
    pub fn with_model(version: Version, model: ServerModel) -> Self {
        let default = InMemoryMilvus::new(model);
        let parts = Arc::new(Parts {
            version,
            databases: Mutex::new(BTreeMap::from([(DEFAULT_DATABASE.to_owned(), default)])),
            settings: Mutex::new(Settings::default()),
            faults: Faults::default(),
            journal: Journal::default(),
            tampering: Mutex::default(),
            loads: Mutex::default(),
            imports: Mutex::default(),
            inserts: Mutex::default(),
            snapshots: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        // A test may be asynchronous itself, and must not be blocked.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let inside = runtime.enter();
        let listener = TcpListener::from_std(listener).unwrap();
        drop(inside);
        let service = MilvusServiceServer::new(Service(Arc::clone(&parts)))
            .max_decoding_message_size(usize::MAX)
            .max_encoding_message_size(usize::MAX);
        let service = Tampered { service, parts: Arc::clone(&parts) };
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        runtime.spawn(tonic::transport::Server::builder().add_service(service).serve_with_incoming(incoming));
        Self { parts, address, runtime: Some(runtime) }
    }

    /// Returns the address of the server.
    pub fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the release that it is.
    pub fn version(&self) -> Version {
        self.parts.version
    }

    /// Returns the default database, to fill it and to look into it around the protocol.
    pub fn milvus(&self) -> InMemoryMilvus {
        self.parts.database("").unwrap()
    }

    /// Returns another database; `None` where it was not created.
    pub fn database(&self, name: &str) -> Option<InMemoryMilvus> {
        self.parts.database(name)
    }

    /// Runs `action` before each of these calls, from now on, with the number of the call, from 1, and the default database:
    /// for writers, and for faults.
    pub fn on(&self, call: &str, action: impl FnMut(usize, &InMemoryMilvus) -> Option<Fault> + Send + 'static) {
        self.parts.faults.add(call, Box::new(action));
    }

    /// Disturbs the n-th of these calls from now on, counted from 1.
    pub fn refuse(&self, call: &str, nth: usize, fault: Fault) {
        self.on(call, move |number, _| (number == nth).then(|| fault.clone()));
    }

    /// Forgets all actions and faults.
    pub fn forget_faults(&self) {
        self.parts.faults.clear();
    }

    /// Puts these bytes at the end of a message in each answer that has it: fields that no definition here has.
    pub fn append(&self, place: Place, bytes: impl Into<Vec<u8>>) {
        locked(&self.parts.tampering).append(place, bytes.into());
    }

    /// Changes each description of a collection.
    pub fn change_descriptions(&self, change: impl FnMut(&mut pb::DescribeCollectionResponse) + Send + 'static) {
        locked(&self.parts.tampering).change_descriptions(Box::new(change));
    }

    /// Changes each answer to a query.
    pub fn change_rows(&self, change: impl FnMut(&mut pb::QueryResults) + Send + 'static) {
        locked(&self.parts.tampering).change_rows(Box::new(change));
    }
}
