//! Live progress of an operation: events for listeners, and a tracker that computes rate and ETA from them.

mod event;
mod tracker;

pub use event::{Operation, Progress, ProgressEvent, Silent};
pub use tracker::{BackupProgress, ProgressTracker};
