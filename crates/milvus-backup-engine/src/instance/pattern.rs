//! [`CollectionPattern`]: a name with wildcards, perhaps with that of a database.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};
use milvus_backup_core::{CollectionRef, Error, MAX_NAME_LENGTH, Result};

use super::wildcards::{has_wildcards, literal, split_once};

/// Maximum length of a pattern in bytes: two names, and as much again for wildcards.
const MAX_PATTERN_LENGTH: usize = 4 * MAX_NAME_LENGTH;

/// A pattern that the names of collections match: `prod_*`, `shop.*`, `*.*`, or a name without wildcards.
///
/// `*` stands for any text, `?` for any character, `[ab]` for one of these characters and `{a,b}` for one of these texts. A
/// backslash makes the character after it literal. The text before the first dot is the pattern of the database.
///
/// ```
/// use milvus_backup_core::CollectionRef;
/// use milvus_backup_engine::CollectionPattern;
///
/// let pattern: CollectionPattern = "shop.item*".parse()?;
/// assert!(pattern.matches(&CollectionRef::new("shop", "items".parse()?)?));
/// assert!(!pattern.matches(&CollectionRef::new("", "items".parse()?)?));
/// # Ok::<(), milvus_backup_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CollectionPattern {
    text: String,
    database: Option<Part>,
    name: Part,
}

/// The pattern of one name.
#[derive(Debug, Clone)]
enum Part {
    Literal(String),
    Wild(GlobMatcher),
}

impl CollectionPattern {
    /// Returns the pattern as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether it has wildcards, so that it can match several collections.
    pub fn is_wild(&self) -> bool {
        has_wildcards(&self.text)
    }

    /// Returns whether a collection matches. A pattern without a database matches in every one.
    pub fn matches(&self, collection: &CollectionRef) -> bool {
        if !self.is_wild() {
            // Milvus Lite 3 allows dots in names: both readings count.
            let (plain, name) = (literal(&self.text), collection.name.as_str());
            return plain == name || plain == format!("{}.{name}", collection.database);
        }
        self.matches_database(&collection.database).unwrap_or(true) && self.name.matches(collection.name.as_str())
    }

    /// Returns whether the pattern of the database matches; `None` if there is none.
    pub(super) fn matches_database(&self, database: &str) -> Option<bool> {
        self.database.as_ref().map(|part| part.matches(database))
    }

    /// Returns the only database that can match, if it is known without a list of all: the one that is named, or `home` for
    /// a pattern without a database.
    pub(super) fn only_database(&self, home: &str) -> Option<String> {
        match &self.database {
            None => Some(home.to_owned()),
            Some(Part::Literal(database)) => Some(database.clone()),
            Some(Part::Wild(_)) => None,
        }
    }

    /// Returns whether the name matches, whatever the database.
    pub(super) fn matches_name(&self, name: &str) -> bool {
        self.name.matches(name)
    }

    /// Returns the names without wildcards as the database and the collection, if there is a dot.
    pub(super) fn parts(&self) -> Option<(&str, &str)> {
        match (&self.database, &self.name) {
            (Some(Part::Literal(database)), Part::Literal(name)) => Some((database, name)),
            _ => None,
        }
    }
}

impl Part {
    fn parse(text: &str) -> Result<Self> {
        if !has_wildcards(text) {
            return Ok(Self::Literal(literal(text)));
        }
        let glob = GlobBuilder::new(text).literal_separator(false).backslash_escape(true).build();
        let glob = glob.map_err(|error| invalid(text, &format!("a pattern of names ({})", error.kind())))?;
        Ok(Self::Wild(glob.compile_matcher()))
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Self::Literal(text) => text == name,
            Self::Wild(glob) => glob.is_match(name),
        }
    }
}

impl std::str::FromStr for CollectionPattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.is_empty() {
            let (field, limit) = ("collection_name".to_owned(), "not empty".to_owned());
            return Err(Error::InvalidParameter { field, value: String::new(), limit });
        }
        if text.len() > MAX_PATTERN_LENGTH {
            return Err(invalid(text, &format!("at most {MAX_PATTERN_LENGTH} bytes")));
        }
        let (database, name) = match split_once(text, '.') {
            Some((database, name)) if !database.is_empty() && !name.is_empty() => (Some(database), name),
            _ => (None, text),
        };
        let database = database.map(Part::parse).transpose()?;
        Ok(Self { text: text.to_owned(), database, name: Part::parse(name)? })
    }
}

impl fmt::Display for CollectionPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

fn invalid(pattern: &str, limit: &str) -> Error {
    Error::InvalidParameter { field: "pattern".to_owned(), value: pattern.to_owned(), limit: limit.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn collection(text: &str) -> CollectionRef {
        let (database, name) = text.split_once('.').unwrap_or(("default", text));
        CollectionRef::new(database, name.parse().unwrap()).unwrap()
    }

    #[test]
    fn patterns_match_names_and_databases() {
        for (pattern, matching, other) in [
            ("films", &["films", "shop.films"][..], &["films2", "film"][..]),
            ("prod_*", &["prod_a", "prod_", "shop.prod_b"], &["prods", "xprod_a"]),
            ("shop.*", &["shop.a", "shop.b.c"], &["a", "shops.a"]),
            ("*.*", &["a", "shop.a"], &[]),
            ("s?op.{a,b}[12]", &["shop.a1", "stop.b2"], &["shop.c1", "shop.a3"]),
            ("default.a", &["a"], &["shop.a"]),
            ("A*", &["Ab"], &["ab"]),
            (r"a\*b", &["a*b"], &["axb"]),
            (r"*\**", &["a*b", "*"], &["ab"]),
            ("a/*", &["a/b/c"], &["a"]),
        ] {
            let pattern: CollectionPattern = pattern.parse().unwrap();
            for text in matching {
                assert!(pattern.matches(&collection(text)), "{pattern} {text}");
            }
            for text in other {
                assert!(!pattern.matches(&collection(text)), "{pattern} {text}");
            }
        }
    }

    #[test]
    fn a_name_with_a_dot_is_that_of_a_collection_or_starts_with_a_database() {
        let pattern: CollectionPattern = "shop.items".parse().unwrap();
        assert!(pattern.matches(&collection("shop.items")));
        assert!(pattern.matches(&CollectionRef::new("", "shop.items".parse().unwrap()).unwrap()));
        assert!(!pattern.matches(&collection("items")));
    }

    #[test]
    fn an_invalid_pattern_is_refused_with_its_reason() {
        for text in ["", "[a", "{a", "a.[", &"*".repeat(2000)] {
            let error = text.parse::<CollectionPattern>().unwrap_err();
            assert!(matches!(error, Error::InvalidParameter { .. }), "{text}: {error}");
        }
    }

    #[test]
    fn only_a_wild_database_needs_a_list_of_all() {
        let only = |text: &str| text.parse::<CollectionPattern>().unwrap().only_database("home");
        assert_eq!(only("a*").as_deref(), Some("home"));
        assert_eq!(only("shop.a*").as_deref(), Some("shop"));
        assert_eq!(only(r"sh\*op.a*").as_deref(), Some("sh*op"));
        assert_eq!(only("s*.a"), None);
    }

    proptest! {
        #[test]
        fn an_escaped_name_matches_only_itself(name in "[a-z*?\\[\\]{},\\\\]{1,12}", other in "[a-z*?\\[\\]{},\\\\]{1,12}") {
            let escaped: String = name.chars().flat_map(|character| ['\\', character]).collect();
            let pattern: CollectionPattern = escaped.parse().unwrap();
            prop_assert!(pattern.matches(&CollectionRef::new("", name.parse().unwrap()).unwrap()));
            let matched = pattern.matches(&CollectionRef::new("", other.parse().unwrap()).unwrap());
            prop_assert_eq!(matched, name == other);
        }

        #[test]
        fn no_text_makes_parsing_fail_otherwise_than_with_an_error(text in ".{0,40}") {
            let _ = text.parse::<CollectionPattern>();
        }
    }
}
