//! What the engine composes: the traits over Milvus and over stores, what they are asked and what they answer, and the
//! outside world that is given to them.

mod access;
mod backoff;
mod capabilities;
mod catalog;
mod compute;
mod environment;
mod format;
mod keys;
mod listing;
mod milvus;
mod plans;
mod progress;
mod read_point;
mod recovery;
mod session;
mod sink;
mod source;
mod store;
mod transaction;
mod unit;
mod writer;

pub use access::Access;
pub use capabilities::{ALLOW_INSERT_AUTO_ID, Capabilities, PreserveAutoId, TTL_SECONDS};
pub use catalog::{Catalog, CollectionDescription, LoadState};
pub use compute::spawn_compute;
pub use environment::{Clock, Entropy, Environment, Interrupt, InterruptHandle};
pub use format::{RowEncoding, RowFormat};
pub use keys::{KeyCensus, KeyRange};
pub use listing::{BrokenBackup, Listing};
pub use milvus::Milvus;
pub use plans::{BackedUpDefinition, BackupPlan, Completion, PartitionPlan, RestorePlan, RestoredPartition};
pub use progress::{BackupProgress, Operation, Progress, ProgressEvent, ProgressTracker, Silent};
pub use read_point::ReadPoint;
pub use recovery::{IncompleteBackup, InterruptedBackup, Lease, OwnerState, UnfinishedCollection};
pub use session::ScanSession;
pub use sink::RowSink;
pub use source::{RowSource, ScanOptions, SourceRequirements};
pub use store::BackupStore;
pub use transaction::{CompletedChunks, Transaction, WrittenRows};
pub use unit::{ContentKey, RowOrder, ScanPosition, ScanTarget, ScanUnit, UnitEstimate, UnitId, UnitSpan};
pub use writer::{FileNumbers, UnitFiles, UnitWriter, UnitWriters};
