//! Integration tests of the public surface.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod fixtures;
mod golden;
mod histories;
mod invariants;
mod outcome;
mod reasons;
mod sets;
mod table;
mod ten_years;
