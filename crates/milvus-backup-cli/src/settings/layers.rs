//! [`Layers`]: the values of several files, each with its origin.
//!
//! Must always hold: a table is merged key by key, and every other value replaces the one of the layers below it. So do
//! arrays.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::document::{Document, joined};
use super::origin::Origin;

/// The merged values of files.
#[derive(Debug, Default)]
pub(super) struct Layers {
    pub(super) values: Table,
    /// The origins of all values that are not tables.
    pub(super) origins: BTreeMap<String, Origin>,
}

impl Layers {
    /// Puts values of a file, or of one of its profiles, above those of before.
    pub(super) fn add(&mut self, values: &Table, document: &Document, profile: Option<&str>) {
        let origin = |key: &str| {
            let key_in_file = profile.map_or_else(|| key.to_owned(), |profile| format!("profile.{profile}.{key}"));
            Origin::File {
                path: document.path.clone(),
                line: document.line(&key_in_file),
                profile: profile.map(str::to_owned),
            }
        };
        merge(&mut self.values, values, "", &mut |key| {
            self.origins.insert(key.to_owned(), origin(key));
        });
    }
}

fn merge(below: &mut Table, above: &Table, prefix: &str, replaced: &mut impl FnMut(&str)) {
    for (name, value) in above {
        let key = joined(prefix, name);
        match (below.get_mut(name), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above, &key, replaced),
            (_, Value::Table(above)) => {
                let mut table = Table::new();
                merge(&mut table, above, &key, replaced);
                below.insert(name.clone(), Value::Table(table));
            }
            _ => {
                replaced(&key);
                below.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn tables_are_merged_and_arrays_are_replaced() {
        let user = Document::parse("[keep]\ndaily = 7\ntags = ['a', 'b']\n", Path::new("user.toml")).unwrap();
        let project = Document::parse("x = 1\n[keep]\nweekly = 5\ntags = ['c']\n", Path::new("project.toml")).unwrap();
        let mut layers = Layers::default();
        for document in [&user, &project] {
            layers.add(&document.values, document, None);
        }
        assert_eq!(layers.values, toml::from_str("x = 1\nkeep = { daily = 7, weekly = 5, tags = ['c'] }").unwrap());
        let origins: Vec<String> = layers.origins.iter().map(|(key, origin)| format!("{key}: {origin}")).collect();
        assert_eq!(
            origins,
            [
                "keep.daily: user.toml, line 2",
                "keep.tags: project.toml, line 4",
                "keep.weekly: project.toml, line 3",
                "x: project.toml, line 1"
            ]
        );
    }
}
