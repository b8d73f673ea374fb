//! What the engine composes: the traits over Milvus and over stores, what they are asked and what they answer, and the
//! outside world that is given to them.

mod access;
mod backoff;
mod capabilities;
mod catalog;
mod compute;
mod environment;
mod keys;
mod listing;
mod milvus;
mod plans;
mod progress;
mod recovery;
mod sink;
mod source;
mod store;

pub use access::Access;
pub use capabilities::{ALLOW_INSERT_AUTO_ID, Capabilities, PreserveAutoId, TTL_SECONDS};
pub use catalog::{Catalog, CollectionDescription, LoadState};
pub use compute::spawn_compute;
pub use environment::{Clock, Entropy, Environment, Interrupt, InterruptHandle};
pub use keys::{KeyCensus, KeyRange};
pub use listing::{BrokenBackup, Listing};
pub use milvus::Milvus;
pub use plans::{BackedUpDefinition, BackupPlan, Completion, PartitionPlan, RestorePlan, RestoredPartition};
pub use progress::{BackupProgress, Operation, Progress, ProgressEvent, ProgressTracker, Silent};
pub use recovery::{IncompleteBackup, InterruptedBackup, Lease, OwnerState, UnfinishedCollection};
pub use sink::RowSink;
pub use source::{ReadPoint, RowSource, ScanRequest};
pub use store::{BackupStore, PendingBackup};
