//! [`Artefact`]: a file that users get, and [`Ingredients`], what all of them are made from.

use super::licences::Licences;
use super::tree::Tree;

/// The architecture of the executable.
pub(super) const TARGET: &str = "x86_64-unknown-linux-gnu";

/// One file of the release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Artefact {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// What the artefacts are made from.
#[derive(Debug)]
pub(super) struct Ingredients {
    pub(super) version: String,
    /// Seconds since 1970 that stand for the time of the release.
    pub(super) epoch: u64,
    /// The executable that is packed.
    pub(super) program: Vec<u8>,
    /// Manual pages (`man/`) and completions (`completions/`).
    pub(super) documents: Tree,
    /// The configuration of a machine, as `init` writes it.
    pub(super) configuration: Vec<u8>,
    pub(super) licences: Licences,
    /// The bill of materials, in JSON.
    pub(super) bill: Vec<u8>,
}
