//! ```no_run
//! use milvus_backup_testkit::{Server, ServerKind, Witness};
//! use serde_json::json;
//!
//! let server = Server::start(ServerKind::Lite322)?;
//! let script = "
//! import json, pymilvus
//! client = pymilvus.MilvusClient(given['uri'])
//! client.create_collection('films', dimension=4)
//! print(json.dumps(client.list_collections()))
//! ";
//! let collections: Vec<String> = Witness::new()?.ask(script, &json!({ "uri": server.uri() }))?;
//! assert_eq!(collections, ["films"]);
//! # Ok::<(), milvus_backup_testkit::Error>(())
//! ```
//!
//! Real components for the tests of this workspace: Milvus servers, object stores, outside witnesses and real data. Missing components
//! are installed on first use, once, below [`cache_dir`], at pinned versions.
//!
//! Stand-ins are behind features, and show what a real component cannot be made to show: an in-memory Milvus, which the
//! same suites check as the real servers (`fakes`), faults at a chosen call around any Milvus and any object store
//! (`object-store`), a proxy that disturbs the requests to an object store (`proxy`), and the milvus-backup tool, with the
//! ways in which it misbehaves (`native-tool`).
//!
//! Linux only. It needs `sh`, Python 3.10 or newer with the venv module, Node.js with npm for Azurite, and access to the
//! indexes of their packages.

#![expect(clippy::disallowed_methods, reason = "servers and processes are waited for in the time of the machine")]

mod apt;
mod cache;
#[cfg(feature = "columns")]
pub mod columns;
mod command;
#[cfg(feature = "fakes")]
pub mod conformance;
pub mod embeddings;
mod error;
#[cfg(any(feature = "fakes", feature = "object-store"))]
pub mod fakes;
#[cfg(feature = "mutation")]
pub mod mutation;
#[cfg(feature = "native-tool")]
pub mod native_tool;
mod npm;
#[cfg(feature = "proxy")]
mod proxy;
pub mod python;
mod server;
mod stores;
mod witness;
pub mod wordnet;
pub mod wrong_clock;

pub use cache::cache_dir;
pub use error::Error;
#[cfg(feature = "proxy")]
pub use proxy::{Disturbance, FaultProxy, SeenRequest};
pub use server::{Identity, Lite, LiteVersion, Server, ServerKind, Standalone, StandaloneOptions, Tls, shared};
pub use stores::{Credentials, ObjectStoreServer, StoreKind, StoreRoot, shared_store};
pub use witness::Witness;
