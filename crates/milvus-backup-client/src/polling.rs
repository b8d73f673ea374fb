//! The polling interval for states of the server that change asynchronously.

use std::time::Duration;

/// Time between two queries of the state of a load, a flush or an import.
pub(crate) const POLL: Duration = Duration::from_millis(100);
