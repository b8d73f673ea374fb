//! One name, one thing: no two crates export types of the same name.

use std::collections::{BTreeMap, BTreeSet};

use super::allow_list::TYPE_NAMES;
use super::exceptions::beyond;
use super::exports::exported_types;
use super::source::Source;

/// Returns the names that more than one crate exports.
pub(super) fn check(sources: &[Source]) -> Vec<String> {
    beyond(&offenders(sources), TYPE_NAMES, "TYPE_NAMES")
}

fn offenders(sources: &[Source]) -> BTreeSet<(String, String)> {
    let owners: BTreeSet<&str> = sources.iter().map(|source| source.owner.as_str()).collect();
    let mut exported: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for owner in owners {
        for name in exported_types(sources, owner) {
            exported.entry(name).or_default().push(owner);
        }
    }
    let shared = exported.into_iter().filter(|(_, owners)| owners.len() > 1);
    shared.map(|(name, owners)| (name, format!("is exported by {}", owners.join(", ")))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::source::tests::source;
    use super::*;

    #[test]
    fn a_name_that_two_crates_export_is_named() {
        let of = |owner: &str, text: &str| Source { owner: owner.to_owned(), ..source("crates/x/src/lib.rs", text) };
        let sources =
            [of("a", "pub struct One;\npub struct Two;"), of("b", "pub enum Two {}"), of("c", "pub trait Three {}")];
        assert_eq!(offenders(&sources), BTreeSet::from([("Two".to_owned(), "is exported by a, b".to_owned())]));
    }
}
