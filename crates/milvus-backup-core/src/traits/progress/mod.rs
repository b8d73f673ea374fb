//! Live progress of an operation: events for whoever listens, and a tracker that turns them into rate and ETA.

mod event;
mod tracker;

pub use event::{Operation, Progress, ProgressEvent, Silent};
pub use tracker::{BackupProgress, ProgressTracker};
