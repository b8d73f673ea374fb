//! [`Selection`]: the collections that a user selects, by names and patterns.

use std::collections::BTreeSet;

use milvus_backup_core::{CollectionRef, Error, Result};

use super::pattern::CollectionPattern;
use super::wildcards::{literal, split_once};

/// The pattern of all collections in all databases.
const EVERYTHING: &str = "*.*";

/// The names and patterns of collections to include, and those to exclude.
///
/// A name or a pattern without a database refers to the database of the [`Instance`](crate::Instance); to exclude, it refers
/// to every database.
#[derive(Debug, Clone)]
pub struct Selection {
    pub(super) include: Vec<CollectionPattern>,
    pub(super) exclude: Vec<CollectionPattern>,
}

impl Selection {
    /// Parses names and patterns.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for an invalid pattern, or if nothing is included.
    pub fn parse(include: &[String], exclude: &[String]) -> Result<Self> {
        if include.is_empty() {
            let limit = "at least one name or pattern".to_owned();
            return Err(Error::InvalidParameter { field: "collections".to_owned(), value: "[]".to_owned(), limit });
        }
        let parsed = |texts: &[String]| texts.iter().map(|text| text.parse()).collect::<Result<Vec<_>>>();
        Ok(Self { include: parsed(include)?, exclude: parsed(exclude)? })
    }

    /// Selects all collections in all databases, except those to exclude.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for an invalid pattern.
    pub fn everything(exclude: &[String]) -> Result<Self> {
        Self::parse(&[EVERYTHING.to_owned()], exclude)
    }

    /// Returns the name, if it is a single one without wildcards, so that it selects at most one collection.
    pub fn single_name(&self) -> Option<String> {
        match self.include.as_slice() {
            [name] if !name.is_wild() && self.exclude.is_empty() => Some(literal(name.as_str())),
            _ => None,
        }
    }

    /// Returns the collections that have to have backups, as far as that is known without the server: those that are named,
    /// and of those in `backed_up` the ones that a pattern matches, or the pattern itself if there are none. Names without a
    /// database belong to `home`.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for a name that no collection can have.
    pub fn known(&self, home: &str, backed_up: &BTreeSet<CollectionRef>) -> Result<Vec<CollectionRef>> {
        let mut known = Vec::new();
        for pattern in &self.include {
            if pattern.is_wild() {
                let is_selected = |collection: &&CollectionRef| {
                    let of_home = collection.database == home;
                    pattern.matches_database(&collection.database).unwrap_or(of_home)
                        && pattern.matches_name(collection.name.as_str())
                };
                let before = known.len();
                known.extend(backed_up.iter().filter(is_selected).cloned());
                if known.len() == before {
                    // As long as there is no backup, the pattern stands for what it matches.
                    let (database, name) = split_once(pattern.as_str(), '.').unwrap_or((home, pattern.as_str()));
                    known.push(CollectionRef::new(database, name.parse()?)?);
                }
                continue;
            }
            let plain = CollectionRef::new(home, literal(pattern.as_str()).parse()?)?;
            match pattern.parts() {
                Some((database, name)) if !backed_up.contains(&plain) => {
                    known.push(CollectionRef::new(database, name.parse()?)?);
                }
                _ => known.push(plain),
            }
        }
        known.retain(|collection| !self.exclude.iter().any(|excluded| excluded.matches(collection)));
        let mut seen = BTreeSet::new();
        known.retain(|collection| seen.insert(collection.clone()));
        Ok(known)
    }

    /// Returns what is included, as it was given.
    pub(super) fn included(&self) -> Vec<String> {
        self.include.iter().map(ToString::to_string).collect()
    }

    /// Returns what is excluded, as it was given.
    pub(super) fn excluded(&self) -> Vec<String> {
        self.exclude.iter().map(ToString::to_string).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_have_backups_is_known_by_name_or_from_those_that_there_are() {
        let collection = |database: &str, name: &str| CollectionRef::new(database, name.parse().unwrap()).unwrap();
        let backed_up = BTreeSet::from([
            collection("default", "films"),
            collection("default", "tmp_1"),
            collection("shop", "items"),
            collection("shop", "tmp_2"),
        ]);
        let known = |include: &[&str], exclude: &[&str]| {
            let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
            let selection = Selection::parse(&owned(include), &owned(exclude)).unwrap();
            let known = selection.known("default", &backed_up).unwrap();
            known.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(known(&["never", "films"], &[]), ["never", "films"]);
        assert_eq!(known(&["*"], &["tmp_*"]), ["films"]);
        assert_eq!(known(&["*.*", "films"], &["tmp_*"]), ["films", "shop.items"]);
        assert_eq!(known(&["shop.items", "shop.old"], &[]), ["shop.items", "shop.old"]);
        assert_eq!(known(&["x*", "old.*"], &[]), ["x*", "old.*"]);
    }

    #[test]
    fn nothing_and_invalid_patterns_are_refused() {
        assert!(Selection::parse(&[], &[]).is_err());
        assert!(Selection::parse(&["[".to_owned()], &[]).is_err());
        assert!(Selection::everything(&["{".to_owned()]).is_err());
    }

    #[test]
    fn a_single_name_is_the_only_one_without_wildcards() {
        let single = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
            Selection::parse(&texts, &[]).unwrap().single_name()
        };
        assert_eq!((single(&["a"]).as_deref(), single(&[r"a\*"]).as_deref()), (Some("a"), Some("a*")));
        assert_eq!((single(&["a*"]), single(&["a", "b"])), (None, None));
        assert_eq!(Selection::everything(&[]).unwrap().single_name(), None);
        let excluding = Selection::parse(&["a".to_owned()], &["b".to_owned()]).unwrap();
        assert_eq!(excluding.single_name(), None);
    }
}
