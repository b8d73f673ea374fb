//! The dependencies of the workspace, out of what `cargo metadata` prints.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// Who depends on whom.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Graph {
    /// What each crate of the workspace asks for of the workspace in its manifest, switched on or not.
    pub(super) declared: BTreeMap<String, Vec<Edge>>,
    /// What each package is built with, by identifier; without what only tests and build scripts use.
    pub(super) built_with: BTreeMap<String, BTreeSet<String>>,
    /// The name of each identifier.
    pub(super) names: BTreeMap<String, String>,
}

/// A crate that another one asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) to: String,
    pub(super) only_in_tests: bool,
}

impl Graph {
    /// Reads the output of `cargo metadata --format-version 1`.
    pub(super) fn read(printed: &[u8]) -> Result<Self, serde_json::Error> {
        let metadata: Metadata = serde_json::from_slice(printed)?;
        let is_member = |package: &&Package| metadata.workspace_members.contains(&package.id);
        let members: BTreeSet<&str> =
            metadata.packages.iter().filter(is_member).map(|package| package.name.as_str()).collect();
        let declared = metadata.packages.iter().filter(is_member).map(|package| {
            let of_workspace = package.dependencies.iter().filter(|used| members.contains(used.name.as_str()));
            (package.name.clone(), of_workspace.map(Dependency::edge).collect())
        });
        Ok(Self {
            declared: declared.collect(),
            built_with: metadata.resolve.nodes.iter().map(|node| (node.id.clone(), node.built_with())).collect(),
            names: metadata.packages.iter().map(|package| (package.id.clone(), package.name.clone())).collect(),
        })
    }

    /// The shortest way from a crate down to one of another name, both included, as names.
    pub(super) fn way(&self, from: &str, to: &str) -> Option<Vec<&str>> {
        let start = self.names.iter().find(|(_, name)| *name == from).map(|(id, _)| id.as_str())?;
        let mut came_from = BTreeMap::from([(start, None)]);
        let mut level = vec![start];
        while !level.is_empty() {
            if let Some(&found) = level.iter().find(|id| self.name(id) == to) {
                let mut way: Vec<&str> =
                    std::iter::successors(Some(found), |id| came_from.get(id).copied().flatten()).collect();
                way.reverse();
                return Some(way.into_iter().map(|id| self.name(id)).collect());
            }
            let mut next = Vec::new();
            for &id in &level {
                for used in self.built_with.get(id).into_iter().flatten().map(String::as_str) {
                    if !came_from.contains_key(used) {
                        came_from.insert(used, Some(id));
                        next.push(used);
                    }
                }
            }
            level = next;
        }
        None
    }

    fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.get(id).map_or(id, String::as_str)
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `dev`, `build`, or nothing for a normal one.
    kind: Option<String>,
}

impl Dependency {
    fn edge(&self) -> Edge {
        Edge { to: self.name.clone(), only_in_tests: self.kind.as_deref() == Some("dev") }
    }
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<NodeDependency>,
}

impl Node {
    fn built_with(&self) -> BTreeSet<String> {
        let normal = |used: &&NodeDependency| used.dep_kinds.iter().any(|kind| kind.kind.is_none());
        self.deps.iter().filter(normal).map(|used| used.pkg.clone()).collect()
    }
}

#[derive(Deserialize)]
struct NodeDependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    kind: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = r#"{
        "packages": [
            {"id": "path#a", "name": "a", "dependencies": [
                {"name": "b", "kind": null}, {"name": "b", "kind": "dev"}, {"name": "serde", "kind": null}]},
            {"id": "path#b", "name": "b", "dependencies": []},
            {"id": "registry#serde", "name": "serde", "dependencies": []},
            {"id": "registry#tokio", "name": "tokio", "dependencies": []}],
        "workspace_members": ["path#a", "path#b"],
        "resolve": {"nodes": [
            {"id": "path#a", "deps": [
                {"pkg": "path#b", "dep_kinds": [{"kind": null}]},
                {"pkg": "registry#tokio", "dep_kinds": [{"kind": "dev"}]}]},
            {"id": "path#b", "deps": [{"pkg": "registry#serde", "dep_kinds": [{"kind": "build"}, {"kind": null}]}]},
            {"id": "registry#serde", "deps": []},
            {"id": "registry#tokio", "deps": []}]}
    }"#;

    #[test]
    fn edges_stay_inside_the_workspace() {
        let graph = Graph::read(PRINTED.as_bytes()).unwrap();
        let edge = |only_in_tests| Edge { to: "b".to_owned(), only_in_tests };
        assert_eq!(graph.declared["a"], [edge(false), edge(true)]);
        assert!(graph.declared["b"].is_empty());
    }

    #[test]
    fn a_way_follows_what_is_built_and_not_what_tests_use() {
        let graph = Graph::read(PRINTED.as_bytes()).unwrap();
        assert_eq!(graph.way("a", "serde").unwrap(), ["a", "b", "serde"]);
        assert_eq!(graph.way("a", "tokio"), None);
        assert_eq!(graph.way("b", "a"), None);
    }
}
