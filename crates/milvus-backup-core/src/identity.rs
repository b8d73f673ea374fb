//! Which collection a name means: names and aliases move, the collection itself stays what it is.

use std::fmt;

use crate::names::CollectionName;

/// A collection that an operation works on while its names may move.
///
/// Returned by [`crate::Catalog::pin_collection`]; [`crate::Catalog::locate_collection`] finds it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedCollection {
    /// The name that was asked for: the one of the collection, or an alias.
    pub asked: CollectionName,
    /// The name of the collection itself when it was pinned.
    pub name: CollectionName,
    /// What distinguishes the collection from all others.
    pub mark: CollectionMark,
}

impl PinnedCollection {
    /// Whether the name that was asked for is an alias.
    pub fn is_alias(&self) -> bool {
        self.asked != self.name
    }
}

/// What distinguishes a collection from another one that may get its name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CollectionMark {
    /// The number that the server gave it, which no other collection ever has.
    Id(i64),
    /// An alias that was created for the purpose, on a server without such numbers (Milvus Lite 3): it follows a rename
    /// and goes with the collection.
    Alias(CollectionName),
    /// Nothing but its name: the server has neither (Milvus Lite 2, which cannot rename either).
    Name,
}

impl CollectionMark {
    /// What the names of aliases begin with that stand for a collection, see [`CollectionMark::Alias`].
    pub const PREFIX: &str = "milvus_br_pin_";

    /// The number of the collection, where the server gives one.
    pub fn id(&self) -> Option<i64> {
        match self {
            Self::Id(id) => Some(*id),
            _ => None,
        }
    }
}

/// What happened to a collection, or to an alias of it, while an operation worked on it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CollectionChange {
    /// It was dropped, and its name is free.
    Dropped,
    /// It was dropped, and another collection was created under its name.
    Recreated,
    /// It was renamed.
    Renamed {
        /// The name that it has now.
        to: CollectionName,
        /// What the old name means now, where it means anything: the name of a collection.
        successor: Option<CollectionName>,
    },
    /// The alias that was asked for belongs to another collection.
    AliasMoved {
        /// The alias.
        alias: CollectionName,
        /// The collection that it belongs to now.
        to: CollectionName,
    },
    /// The alias that was asked for was dropped.
    AliasDropped {
        /// The alias.
        alias: CollectionName,
    },
}

impl CollectionChange {
    /// Compares what was pinned with where it is now (`located`) and with the collection that the name asked for means
    /// now (`means`). Returns `None` when both are as they were.
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
