//! Tests of the crate from outside: columns of every type, and mutated ones.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod columns;
mod definitions;
mod untrusted_input;
