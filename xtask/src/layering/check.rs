//! The graph against the rules.

use super::graph::{Edge, Graph};
use super::rules::{WITHOUT, may_test_with, may_use};

/// Every breach of the rules, in words. Nothing means that the layering holds.
pub(super) fn breaches(graph: &Graph) -> Vec<String> {
    let edges = graph.declared.iter().flat_map(|(of, edges)| edges_of(of, edges));
    edges.chain(weights(graph)).collect()
}

fn edges_of(of: &str, edges: &[Edge]) -> Vec<String> {
    let Some(allowed) = may_use(of) else {
        return vec![format!("{of} has no row in the table of xtask/src/layering/rules.rs: add one")];
    };
    let forbidden = |edge: &&Edge| {
        let to = edge.to.as_str();
        !allowed.contains(&to) && !(edge.only_in_tests && (to == of || may_test_with(of, to)))
    };
    let words = |edge: &Edge| {
        let place = if edge.only_in_tests { " (in its tests)" } else { "" };
        format!(
            "{of} -> {}{place}; it may use {}",
            edge.to,
            if allowed.is_empty() { "none".to_owned() } else { allowed.join(", ") }
        )
    };
    edges.iter().filter(forbidden).map(words).collect()
}

fn weights(graph: &Graph) -> impl Iterator<Item = String> {
    let pairs = WITHOUT.iter().flat_map(|(of, unwanted)| unwanted.iter().map(move |to| (of, to)));
    pairs.filter_map(|(of, to)| Some(format!("{of} is built with {to}: {}", graph.way(of, to)?.join(" -> "))))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A graph of `from -> to`, with `[dev]` after those that are only for tests.
    fn graph(edges: &[&str]) -> Graph {
        let mut graph = Graph::default();
        for edge in edges {
            let (arrow, only_in_tests) = edge.strip_suffix(" [dev]").map_or((*edge, false), |arrow| (arrow, true));
            let (from, to) = arrow.split_once(" -> ").unwrap();
            let edge = Edge { to: to.to_owned(), only_in_tests };
            if from.starts_with("milvus-backup") || from == "newcomer" {
                graph.declared.entry(from.to_owned()).or_default().push(edge);
            }
            if !only_in_tests {
                let built_with: &mut BTreeSet<String> = graph.built_with.entry(from.to_owned()).or_default();
                built_with.insert(to.to_owned());
            }
            for name in [from, to] {
                graph.names.insert(name.to_owned(), name.to_owned());
            }
        }
        // The edges that leave the workspace are not declared ones.
        for edges in graph.declared.values_mut() {
            edges.retain(|edge| edge.to.starts_with("milvus-backup"));
        }
        graph
    }

    #[test]
    fn the_design_itself_has_no_breach() {
        let good = graph(&[
            "milvus-backup-retention -> milvus-backup-core",
            "milvus-backup-store-local -> milvus-backup-integrity",
            "milvus-backup-store-local -> object_store",
            "milvus-backup-client -> milvus-backup-columns",
            "milvus-backup-client -> milvus-backup-testkit [dev]",
            "milvus-backup-integrity -> tokio [dev]",
            "milvus-backup-cli -> milvus-backup-store-native",
            "object_store -> tokio",
        ]);
        assert_eq!(breaches(&good), Vec::<String>::new());
    }

    #[test]
    fn a_forbidden_edge_is_named_with_what_is_allowed() {
        let offending = graph(&["milvus-backup-store-native -> milvus-backup-store-local"]);
        let expected = "milvus-backup-store-native -> milvus-backup-store-local; it may use milvus-backup-core, \
                        milvus-backup-integrity, milvus-backup-columns, milvus-backup-storage, milvus-backup-repository, \
                        milvus-backup-segments";
        assert_eq!(breaches(&offending), [expected]);
    }

    #[test]
    fn the_testkit_is_for_tests_only() {
        let offending = graph(&["milvus-backup-core -> milvus-backup-testkit"]);
        assert_eq!(breaches(&offending), ["milvus-backup-core -> milvus-backup-testkit; it may use none"]);
    }

    #[test]
    fn tests_do_not_turn_the_direction_round() {
        let offending = graph(&["milvus-backup-core -> milvus-backup-cli [dev]"]);
        assert_eq!(breaches(&offending), ["milvus-backup-core -> milvus-backup-cli (in its tests); it may use none"]);
    }

    #[test]
    fn weight_is_found_however_deep_it_lies() {
        let offending =
            graph(&["milvus-backup-retention -> milvus-backup-core", "milvus-backup-core -> clock", "clock -> tokio"]);
        let expected = "milvus-backup-retention is built with tokio: milvus-backup-retention -> milvus-backup-core -> \
                        clock -> tokio";
        assert!(breaches(&offending).contains(&expected.to_owned()), "{:?}", breaches(&offending));
    }

    #[test]
    fn a_crate_without_a_row_is_a_breach() {
        let offending = graph(&["newcomer -> milvus-backup-core"]);
        assert!(breaches(&offending)[0].starts_with("newcomer has no row"));
    }
}
