//! [`NameMapping`]: other databases and names for the collections of a set.

use std::fmt;

use milvus_backup_core::{CollectionRef, Error, Result};

use super::wildcards::{characters, split_once};

/// A mapping of collections to others: `prod.*=staging.*`, `*=*_copy` or `shop.items=default.items_old`.
///
/// At most one `*` in the name of the database, and one in that of the collection, stands for any text; on the right side it
/// stands for the text that it matched on the left. Without a database, the left side applies in every one, and the right
/// side leaves it as it is. A backslash makes the character after it literal.
///
/// ```
/// use milvus_backup_core::CollectionRef;
/// use milvus_backup_engine::NameMapping;
///
/// let mapping: NameMapping = "prod.*=staging.*".parse()?;
/// let target = mapping.target_of(&CollectionRef::new("prod", "items".parse()?)?)?;
/// assert_eq!(target.to_string(), "staging.items");
/// # Ok::<(), milvus_backup_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameMapping {
    text: String,
    from: (Option<Template>, Template),
    to: (Option<Template>, Template),
}

/// A name with at most one `*`: the text before it, and the text after it, if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Template {
    before: String,
    after: Option<String>,
}

impl NameMapping {
    /// Returns the mapping as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether the mapping applies to a collection.
    pub fn applies_to(&self, collection: &CollectionRef) -> bool {
        let (database, name) = &self.from;
        database.as_ref().is_none_or(|database| database.captured(&collection.database).is_some())
            && name.captured(collection.name.as_str()).is_some()
    }

    /// Returns the target of a collection; the collection itself if the mapping does not apply to it.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if the target is not a valid name.
    pub fn target_of(&self, collection: &CollectionRef) -> Result<CollectionRef> {
        if !self.applies_to(collection) {
            return Ok(collection.clone());
        }
        let captured = |from: Option<&Template>, text: &str| {
            from.and_then(|from| from.captured(text)).unwrap_or_default().to_owned()
        };
        let of_database = captured(self.from.0.as_ref(), &collection.database);
        let of_name = captured(Some(&self.from.1), collection.name.as_str());
        let database =
            self.to.0.as_ref().map_or_else(|| collection.database.clone(), |database| database.filled(&of_database));
        CollectionRef::new(&database, self.to.1.filled(&of_name).parse()?)
    }
}

impl Template {
    fn parse(text: &str) -> Option<Self> {
        let mut template = Self { before: String::new(), after: None };
        for (_, character, is_literal) in characters(text) {
            match (character, is_literal, &mut template.after) {
                ('*', false, Some(_)) => return None,
                ('*', false, after) => *after = Some(String::new()),
                (_, _, Some(after)) => after.push(character),
                (_, _, None) => template.before.push(character),
            }
        }
        (!template.before.is_empty() || template.after.is_some()).then_some(template)
    }

    /// Returns the text for which `*` stands in a name, empty without a `*`; `None` if the name does not match.
    fn captured<'a>(&self, name: &'a str) -> Option<&'a str> {
        match &self.after {
            None => (name == self.before).then_some(""),
            Some(after) => name.strip_prefix(self.before.as_str())?.strip_suffix(after.as_str()),
        }
    }

    fn filled(&self, captured: &str) -> String {
        let after = self.after.as_ref().map(|after| format!("{captured}{after}"));
        format!("{}{}", self.before, after.unwrap_or_default())
    }
}

impl std::str::FromStr for NameMapping {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        parse(text).ok_or_else(|| Error::InvalidParameter {
            field: "map".to_owned(),
            value: text.to_owned(),
            limit: "two names with at most one `*` each, such as `prod.*=staging.*`; a `*` on the right needs one on the left"
                .to_owned(),
        })
    }
}

fn parse(text: &str) -> Option<NameMapping> {
    let (from, to) = split_once(text, '=')?;
    let (from, to) = (side(from)?, side(to)?);
    let is_filled = |from: Option<&Template>, to: Option<&Template>| {
        let has = |template: Option<&Template>| template.is_some_and(|template| template.after.is_some());
        !has(to) || has(from)
    };
    let is_complete = is_filled(from.0.as_ref(), to.0.as_ref()) && is_filled(Some(&from.1), Some(&to.1));
    is_complete.then(|| NameMapping { text: text.to_owned(), from, to })
}

/// Returns the templates of a database, if there is one, and of a name.
fn side(text: &str) -> Option<(Option<Template>, Template)> {
    match split_once(text, '.') {
        Some((database, name)) => Some((Some(Template::parse(database)?), Template::parse(name)?)),
        None => Some((None, Template::parse(text)?)),
    }
}

impl fmt::Display for NameMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collection(text: &str) -> CollectionRef {
        let (database, name) = text.split_once('.').unwrap_or(("default", text));
        CollectionRef::new(database, name.parse().unwrap()).unwrap()
    }

    #[test]
    fn names_and_databases_are_mapped() {
        for (mapping, source, target) in [
            ("prod.*=staging.*", "prod.items", "staging.items"),
            ("*=*_copy", "prod.items", "prod.items_copy"),
            ("*.items=old_*.items", "prod.items", "old_prod.items"),
            ("prod.a_*_z=default.*", "prod.a_b_z", "b"),
            ("items=things", "items", "things"),
            ("prod.*=*", "prod.items", "prod.items"),
            (r"a\*=b", "a*", "b"),
            (r"a\=b=c", "a=b", "c"),
        ] {
            let mapping: NameMapping = mapping.parse().unwrap();
            assert!(mapping.applies_to(&collection(source)), "{mapping}");
            assert_eq!(mapping.target_of(&collection(source)).unwrap(), collection(target), "{mapping}");
        }
    }

    #[test]
    fn a_mapping_leaves_others_as_they_are() {
        let mapping: NameMapping = "prod.a*b=x.*".parse().unwrap();
        for other in ["prod.ab2", "prod.b", "ab", "prods.ab", "prod.a"] {
            assert!(!mapping.applies_to(&collection(other)), "{other}");
            assert_eq!(mapping.target_of(&collection(other)).unwrap(), collection(other));
        }
    }

    #[test]
    fn what_is_not_a_mapping_is_refused() {
        for text in ["", "a", "=", "a=", "=b", "a=*", "a.b=*.b", "a**=b", "*=a*b*", ".a=b", "a.=b", "a=b."] {
            assert!(text.parse::<NameMapping>().is_err(), "{text}");
        }
    }
}
