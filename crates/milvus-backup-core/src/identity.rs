//! The identity of a collection: names and aliases can move to another collection, the identity cannot.

use std::fmt;

use crate::names::CollectionName;

/// A collection that an operation works on while its names may change.
///
/// Returned by [`crate::Catalog::pin_collection`]; [`crate::Catalog::locate_collection`] finds it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedCollection {
    /// The name that was requested: that of the collection, or an alias.
    pub asked: CollectionName,
    /// The name of the collection itself when it was pinned.
    pub name: CollectionName,
    /// The mark that distinguishes the collection from all others.
    pub mark: CollectionMark,
}

impl PinnedCollection {
    /// Returns whether the requested name is an alias.
    pub fn is_alias(&self) -> bool {
        self.asked != self.name
    }
}

/// A mark that distinguishes a collection from another one that may be given the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CollectionMark {
    /// The identifier that the server assigned to it, which is never reused.
    Id(i64),
    /// An alias that was created for this purpose, on a server without such identifiers (Milvus Lite 3). It follows a
    /// rename, and is removed with the collection.
    Alias(CollectionName),
    /// Only the name: the server supports neither (Milvus Lite 2, which cannot rename either).
    Name,
}

impl CollectionMark {
    /// The prefix of aliases that mark a collection, see [`CollectionMark::Alias`].
    pub const PREFIX: &str = "milvus_br_pin_";

    /// Returns the identifier of the collection; `None` if the server assigns none.
    pub fn id(&self) -> Option<i64> {
        match self {
            Self::Id(id) => Some(*id),
            _ => None,
        }
    }
}

/// A change to a collection, or to an alias of it, during an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CollectionChange {
    /// It was dropped, and its name is unused.
    Dropped,
    /// It was dropped, and another collection was created under its name.
    Recreated,
    /// It was renamed while the operation ran.
    Renamed {
        /// The current name of the collection.
        to: CollectionName,
        /// The collection that the old name refers to now; `None` if it refers to none.
        successor: Option<CollectionName>,
    },
    /// The requested alias belongs to another collection now.
    AliasMoved {
        /// The alias that was requested.
        alias: CollectionName,
        /// The collection that the alias belongs to now.
        to: CollectionName,
    },
    /// The requested alias was dropped.
    AliasDropped {
        /// The alias that was requested.
        alias: CollectionName,
    },
}

impl CollectionChange {
    /// Compares a pinned collection with its current name (`located`) and with the collection that the requested name
    /// refers to now (`means`). Returns `None` if neither has changed.
    pub fn between(
        pin: &PinnedCollection,
        located: Option<&CollectionName>,
        means: Option<&CollectionName>,
    ) -> Option<Self> {
        match (located, means) {
            (Some(located), Some(means)) if *located == pin.name && *means == pin.name => None,
            (None, Some(means)) if pin.is_alias() && *means != pin.name => Some(Self::moved(pin, means)),
            (None, Some(_)) => Some(Self::Recreated),
            (None, None) => Some(Self::Dropped),
            (Some(located), means) if *located != pin.name => {
                // An alias follows a rename.
                let successor = means.filter(|means| *means != located);
                Some(Self::Renamed { to: located.clone(), successor: successor.cloned() })
            }
            (Some(_), Some(means)) => Some(Self::moved(pin, means)),
            (Some(_), None) => Some(Self::AliasDropped { alias: pin.asked.clone() }),
        }
    }

    fn moved(pin: &PinnedCollection, to: &CollectionName) -> Self {
        Self::AliasMoved { alias: pin.asked.clone(), to: to.clone() }
    }
}

impl fmt::Display for CollectionChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dropped => f.write_str("it was dropped"),
            Self::Recreated => f.write_str("it was dropped, and another collection was created under its name"),
            Self::Renamed { to, successor: None } => write!(f, "it was renamed to `{to}`"),
            Self::Renamed { to, successor: Some(successor) } => {
                write!(f, "it was renamed to `{to}`, and its old name means another collection now (`{successor}`)")
            }
            Self::AliasMoved { alias, to } => write!(f, "its alias `{alias}` was moved to collection `{to}`"),
            Self::AliasDropped { alias } => write!(f, "its alias `{alias}` was dropped"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> CollectionName {
        text.parse().unwrap()
    }

    fn pin(asked: &str, real: &str) -> PinnedCollection {
        PinnedCollection { asked: name(asked), name: name(real), mark: CollectionMark::Id(7) }
    }

    fn change(pin: &PinnedCollection, located: Option<&str>, means: Option<&str>) -> Option<String> {
        let (located, means) = (located.map(name), means.map(name));
        CollectionChange::between(pin, located.as_ref(), means.as_ref()).map(|change| change.to_string())
    }

    #[test]
    fn a_collection_that_kept_its_names_did_not_change() {
        assert_eq!(change(&pin("items", "items"), Some("items"), Some("items")), None);
        assert_eq!(change(&pin("live", "items"), Some("items"), Some("items")), None);
    }

    #[test]
    fn every_change_names_the_collections_involved() {
        let (plain, alias) = (pin("items", "items"), pin("live", "v1"));
        for (pin, located, means, expected) in [
            (&plain, None, None, "it was dropped"),
            (&plain, None, Some("items"), "it was dropped, and another collection was created under its name"),
            (&plain, Some("old"), None, "it was renamed to `old`"),
            (
                &plain,
                Some("old"),
                Some("items"),
                "it was renamed to `old`, and its old name means another collection now (`items`)",
            ),
            (&alias, Some("v1"), Some("v2"), "its alias `live` was moved to collection `v2`"),
            (&alias, None, Some("v2"), "its alias `live` was moved to collection `v2`"),
            (&alias, Some("v1"), None, "its alias `live` was dropped"),
            (&alias, Some("v3"), Some("v3"), "it was renamed to `v3`"),
            (&alias, None, None, "it was dropped"),
        ] {
            assert_eq!(change(pin, located, means).as_deref(), Some(expected));
        }
    }
}
