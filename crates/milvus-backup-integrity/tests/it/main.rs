//! Integration tests of the public surface.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod files;
mod independence;
mod model;
mod reference;
mod sensitivity;
mod shapes;
