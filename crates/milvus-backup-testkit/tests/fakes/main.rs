//! The stand-ins of the kit: they need no server.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod conformance;
mod faults;
mod in_memory;
