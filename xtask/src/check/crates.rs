//! The crates of the workspace, from `cargo metadata`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::workspace;

/// A package, of this workspace or below it.
#[derive(Debug, Deserialize)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) source: Option<String>,
    pub(super) rust_version: Option<String>,
    pub(super) features: BTreeMap<String, Vec<String>>,
    /// Registries that it may be published to: an empty list for none, `None` for all.
    publish: Option<Vec<String>>,
    metadata: Option<Value>,
}

impl Package {
    /// Returns whether it is one of this workspace that is published.
    pub(super) fn is_published(&self) -> bool {
        self.source.is_none() && self.publish.is_none()
    }

    /// Returns whether docs.rs documents all its features.
    pub(super) fn documents_all_features(&self) -> bool {
        let metadata = self.metadata.as_ref().and_then(|metadata| metadata.pointer("/docs.rs/all-features"));
        metadata == Some(&Value::Bool(true))
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// Returns all packages that the workspace is built from, sorted by name.
pub(super) fn packages() -> Result<Vec<Package>> {
    let arguments = "metadata --format-version 1 --locked";
    let printed = workspace::capture(workspace::cargo(arguments))?;
    let metadata: Metadata = serde_json::from_slice(&printed)
        .map_err(|source| Error::Unreadable { command: format!("cargo {arguments}"), source })?;
    let mut packages = metadata.packages;
    packages.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
    Ok(packages)
}
