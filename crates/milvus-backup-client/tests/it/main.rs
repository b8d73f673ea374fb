//! Tests of the client from outside: its columns for every type, and hostile ones.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod columns;
mod hostile;
