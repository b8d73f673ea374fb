//! The steps of `cargo xtask check --all`.

use super::{deny, documentation, features, minimum};
use crate::api;
use crate::error::Result;
use crate::terminal::step;

/// Runs all checks, in order of the time that they take.
pub(crate) fn run() -> Result<()> {
    step("the public surface of the crates", api::check)?;
    step("the minimum Rust version", minimum::check)?;
    step("licences, bans and sources of dependencies", deny::check)?;
    step("each feature of each crate alone", features::check)?;
    step("the documentation as docs.rs builds it", documentation::check)
}
