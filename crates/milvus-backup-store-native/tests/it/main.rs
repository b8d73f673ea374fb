//! Integration tests of the public surface.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod commands;
mod foreign;
mod golden;
mod names;
mod output;
mod tool;
