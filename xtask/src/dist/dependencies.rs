//! The packages that the executable consists of, from `cargo metadata` and the lock file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Deserialize;

use super::artefact::TARGET;
use crate::error::{Error, Result};
use crate::workspace;

/// The package with the executable.
pub(super) const ROOT: &str = "milvus-backup-cli";

/// A package that is compiled into the executable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) version: String,
    /// The licence as an SPDX expression; `None` if the package has only a text.
    pub(super) licence: Option<String>,
    /// Whether it is one of this workspace.
    pub(super) own: bool,
    /// The directory of its sources.
    pub(super) directory: PathBuf,
    /// The digest of its package at the registry, in lower-case hexadecimal.
    pub(super) checksum: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
    manifest_path: PathBuf,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Used>,
}

#[derive(Deserialize)]
struct Used {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    kind: Option<String>,
}

/// Returns the packages in the executable, sorted by name and version. What only tests and build scripts use is not in it.
pub(super) fn dependencies() -> Result<Vec<Dependency>> {
    let arguments = format!("metadata --format-version 1 --locked --filter-platform {TARGET}");
    let printed = workspace::capture(workspace::cargo(&arguments))?;
    let metadata: Metadata = serde_json::from_slice(&printed)
        .map_err(|source| Error::Unreadable { command: format!("cargo {arguments}"), source })?;
    let checksums = checksums()?;
    let used = used(&metadata);
    let mut found: Vec<Dependency> = metadata
        .packages
        .into_iter()
        .filter(|package| used.contains(package.id.as_str()))
        .map(|package| Dependency {
            checksum: checksums.get(&(package.name.clone(), package.version.clone())).cloned(),
            own: package.source.is_none(),
            // A slash is how old manifests write `OR`.
            licence: package.license.map(|licence| licence.replace('/', " OR ").replace("  ", " ")),
            directory: package.manifest_path.parent().map(PathBuf::from).unwrap_or_default(),
            name: package.name,
            version: package.version,
        })
        .collect();
    found.sort();
    Ok(found)
}

/// Returns the identifiers of the packages below the root, without those of tests and build scripts.
fn used(metadata: &Metadata) -> BTreeSet<String> {
    let nodes: BTreeMap<&str, &Node> = metadata.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let root = metadata.packages.iter().find(|package| package.name == ROOT);
    let mut pending: Vec<&str> = root.map(|package| package.id.as_str()).into_iter().collect();
    let mut used = BTreeSet::new();
    while let Some(id) = pending.pop() {
        if used.insert(id.to_owned()) {
            let deps = nodes.get(id).into_iter().flat_map(|node| &node.deps);
            let normal = deps.filter(|used| used.dep_kinds.iter().any(|kind| kind.kind.is_none()));
            pending.extend(normal.map(|used| used.pkg.as_str()));
        }
    }
    used
}

/// Returns the digests in the lock file, by name and version.
fn checksums() -> Result<BTreeMap<(String, String), String>> {
    let path = workspace::root().join("Cargo.lock");
    let text = std::fs::read_to_string(&path).map_err(Error::io("read Cargo.lock"))?;
    let mut found = BTreeMap::new();
    for package in text.split("[[package]]").skip(1) {
        let value = |key: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))?;
            Some(line.trim_matches('"').to_owned())
        };
        if let (Some(name), Some(version), Some(checksum)) = (value("name"), value("version"), value("checksum")) {
            found.insert((name, version), checksum);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_has_its_crates_and_none_of_the_tests() {
        let found = dependencies().unwrap();
        let named = |name: &str| found.iter().find(|dependency| dependency.name == name);
        assert!(
            named("milvus-backup-engine").is_some_and(|dependency| dependency.own && dependency.checksum.is_none())
        );
        assert!(
            named("tokio").is_some_and(|dependency| dependency.checksum.as_ref().is_some_and(|sum| sum.len() == 64))
        );
        assert!(named("milvus-backup-testkit").is_none() && named("proptest").is_none());
    }
}
