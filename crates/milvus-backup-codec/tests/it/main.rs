//! Integration tests of the public surface.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails by panicking and says what it skips")]

mod damage;
mod files;
mod limits;
mod round_trip;
mod witnesses;
