//! Integration tests of the public surface.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod conformance;
mod environment;
mod responder;
mod service;
