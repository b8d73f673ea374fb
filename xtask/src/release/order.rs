//! The order in which crates are published: each after those that it is built from.

use super::plan::Published;
use crate::error::{Error, Result};

/// Sorts crates; among those whose dependencies are all published, by name.
pub(super) fn sorted(mut crates: Vec<Published>) -> Result<Vec<Published>> {
    crates.sort_by(|one, other| one.name.cmp(&other.name));
    let mut sorted: Vec<Published> = Vec::with_capacity(crates.len());
    while !crates.is_empty() {
        let waits_for = |used: &String| crates.iter().any(|other| other.name == *used);
        let Some(next) = crates.iter().position(|published| !published.uses.keys().any(waits_for)) else {
            let names: Vec<&str> = crates.iter().map(|published| published.name.as_str()).collect();
            return Err(Error::Release(format!("these crates are built from each other: {}", names.join(", "))));
        };
        sorted.push(crates.remove(next));
    }
    Ok(sorted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(name: &str, uses: &[&str]) -> Published {
        let uses = uses.iter().map(|name| ((*name).to_owned(), "^1".to_owned())).collect();
        Published { name: name.to_owned(), version: "1.0.0".to_owned(), missing: Vec::new(), uses }
    }

    #[test]
    fn what_a_crate_is_built_from_comes_first() {
        let crates = vec![published("a", &["c"]), published("b", &[]), published("c", &["b"])];
        let names: Vec<String> = sorted(crates).unwrap().into_iter().map(|published| published.name).collect();
        assert_eq!(names, ["b", "c", "a"]);
        assert!(sorted(vec![published("a", &["b"]), published("b", &["a"])]).is_err());
    }
}
