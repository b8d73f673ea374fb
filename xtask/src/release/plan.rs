//! The crates that are published, with the versions that they and their dependents state.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::order::sorted;
use crate::error::{Error, Result};
use crate::workspace;

/// A crate of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Published {
    pub(super) name: String,
    pub(super) version: String,
    /// What crates.io requires, and is missing.
    pub(super) missing: Vec<&'static str>,
    /// Crates of this workspace that it is built from, with the versions that it asks for.
    pub(super) uses: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    description: Option<String>,
    license: Option<String>,
    repository: Option<String>,
    publish: Option<Vec<String>>,
    dependencies: Vec<Used>,
}

#[derive(Deserialize)]
struct Used {
    name: String,
    req: String,
    kind: Option<String>,
    path: Option<String>,
}

/// Returns the crates that are published, each after those that it is built from.
pub(super) fn plan() -> Result<Vec<Published>> {
    let arguments = "metadata --format-version 1 --no-deps --locked";
    let printed = workspace::capture(workspace::cargo(arguments))?;
    let metadata: Metadata = serde_json::from_slice(&printed)
        .map_err(|source| Error::Unreadable { command: format!("cargo {arguments}"), source })?;
    let crates = metadata.packages.into_iter().filter(|package| package.publish.is_none()).map(published).collect();
    sorted(crates)
}

fn published(package: Package) -> Published {
    let required = [
        ("a description", package.description.is_none()),
        ("a licence", package.license.is_none()),
        ("a repository", package.repository.is_none()),
    ];
    let used =
        package.dependencies.into_iter().filter(|used| used.path.is_some() && used.kind.as_deref() != Some("dev"));
    Published {
        missing: required.into_iter().filter_map(|(name, is_missing)| is_missing.then_some(name)).collect(),
        uses: used.map(|used| (used.name, used.req)).collect(),
        name: package.name,
        version: package.version,
    }
}

/// Returns what keeps the crates from being published.
pub(super) fn problems(crates: &[Published]) -> Vec<String> {
    let versions: BTreeMap<&str, &str> =
        crates.iter().map(|published| (published.name.as_str(), published.version.as_str())).collect();
    let mut problems = Vec::new();
    for Published { name, missing, uses, .. } in crates {
        problems.extend(missing.iter().map(|missing| format!("{name} has not {missing}")));
        for (used, wanted) in uses {
            match versions.get(used.as_str()) {
                Some(version) if wanted == &format!("^{version}") => {}
                Some(version) => problems.push(format!("{name} asks for {used} {wanted}, which is {version}")),
                None => problems.push(format!("{name} is built from {used}, which is not published")),
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(name: &str, uses: &[(&str, &str)]) -> Published {
        let uses = uses.iter().map(|(name, version)| ((*name).to_owned(), (*version).to_owned())).collect();
        Published { name: name.to_owned(), version: "1.2.0".to_owned(), missing: Vec::new(), uses }
    }

    #[test]
    fn a_dependent_asks_for_the_version_that_is_published() {
        let core = published("core", &[]);
        assert_eq!(problems(&[core.clone(), published("cli", &[("core", "^1.2.0")])]), Vec::<String>::new());
        let older = problems(&[core.clone(), published("cli", &[("core", "^1.1.0")])]);
        assert_eq!(older, ["cli asks for core ^1.1.0, which is 1.2.0"]);
        let hidden = problems(&[published("cli", &[("core", "^1.2.0")])]);
        assert_eq!(hidden, ["cli is built from core, which is not published"]);
        let bare = Published { missing: vec!["a licence"], ..core };
        assert_eq!(problems(&[bare]), ["core has not a licence"]);
    }

    #[test]
    fn this_workspace_can_be_published() {
        let crates = plan().unwrap();
        assert_eq!(crates.first().map(|published| published.name.as_str()), Some("milvus-backup-core"));
        assert_eq!(crates.last().map(|published| published.name.as_str()), Some("milvus-backup-cli"));
        assert_eq!(problems(&crates), Vec::<String>::new());
    }
}
