//! How often a state of the server is asked for that changes by itself.

use std::time::Duration;

/// The time between two questions for the state of a load, a flush or an import.
pub(crate) const POLL: Duration = Duration::from_millis(100);
