//! The kit against its own promises, with the real servers.

#![expect(clippy::disallowed_methods, reason = "processes are waited for in the time of the machine")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod leftovers;
mod servers;
mod standalone;
mod witness;
