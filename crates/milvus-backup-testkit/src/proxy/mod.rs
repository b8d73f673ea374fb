//! A proxy in front of an object store that delays, rejects, interrupts and damages what passes through it.
//!
//! It understands requests of HTTP/1.1, and not the interface of any store, so it stands before each of them. A client
//! is told to use its address; the header of the host is passed on as it came, since it is signed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a stand-in that is misused fails the test")]
#![allow(clippy::missing_panics_doc, reason = "all of it panics when a test misuses it")]

mod disturbance;
mod exchange;
mod fault_proxy;
mod link;
mod seen;
mod settings;

pub use disturbance::Disturbance;
pub use fault_proxy::FaultProxy;
pub use seen::SeenRequest;
