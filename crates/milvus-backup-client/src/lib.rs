//! Milvus over gRPC for the backup system: reads and writes rows as Arrow.
//!
//! [`MilvusConnection`] implements the traits of `milvus-backup-core`. Rows are never represented as single values: the
//! columns of the protocol become Arrow columns and back, by the conventions of `milvus-backup-columns`.
//!
//! ```no_run
//! use milvus_backup_client::{ConnectionOptions, MilvusConnection};
//! use milvus_backup_core::Catalog;
//!
//! # async fn example() -> milvus_backup_core::Result<()> {
//! let milvus = MilvusConnection::connect(ConnectionOptions::new("http://localhost:19530")).await?;
//! for name in milvus.list_collections().await? {
//!     let description = milvus.describe_collection(&name.parse()?).await?;
//!     println!("{name}: {} partitions", description.partitions.len());
//! }
//! # Ok(())
//! # }
//! ```

mod accepted_names;
mod access;
mod address;
mod aliases;
mod call;
mod catalog;
mod collections;
mod connection;
mod databases;
mod definition;
mod describe;
mod environment;
mod handshake;
mod idempotency;
mod identity;
mod import;
mod indexes;
mod insert;
mod limitations;
mod lite;
mod loading;
mod options;
mod polling;
mod protection;
mod query_window;
mod rate_limiter;
mod refusal;
mod replication;
mod retry;
mod scan;
mod segments;
mod status;
mod stored_segments;
mod tls;
mod transport;
mod versions;
mod wire;

pub use address::Address;
pub use connection::MilvusConnection;
pub use environment::{SystemClock, SystemEntropy, system_environment};
pub use lite::{LITE_EXECUTABLE, LiteServer, Missing};
pub use options::ConnectionOptions;
pub use versions::known_issues;
