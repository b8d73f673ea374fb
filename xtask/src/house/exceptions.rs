//! Compares findings with an allow-list.

use std::collections::BTreeSet;

/// Returns the findings that are not allowed, as `place: complaint`, and the entries that are no longer needed.
pub(super) fn beyond(found: &BTreeSet<(String, String)>, allowed: &[&str], list: &str) -> Vec<String> {
    let unknown = found.iter().filter(|(place, _)| !allowed.contains(&place.as_str()));
    let complaints = unknown.map(|(place, complaint)| format!("{place}: {complaint}"));
    let spare = allowed.iter().filter(|entry| !found.iter().any(|(place, _)| place == *entry));
    complaints.chain(spare.map(|entry| format!("{entry} is no longer needed in {list}: remove it there"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allow_list_has_what_is_needed_and_nothing_else() {
        let found = BTreeSet::from([("a.rs".to_owned(), "bad".to_owned()), ("b.rs".to_owned(), "bad".to_owned())]);
        assert_eq!(beyond(&found, &["a.rs", "b.rs"], "LIST"), Vec::<String>::new());
        let expected = ["a.rs: bad", "c.rs is no longer needed in LIST: remove it there"];
        assert_eq!(beyond(&found, &["b.rs", "c.rs"], "LIST"), expected);
    }
}
