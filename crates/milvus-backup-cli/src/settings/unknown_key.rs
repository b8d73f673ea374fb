//! The known keys: those of the schema. An unknown one is an error with a suggestion.

use std::collections::BTreeMap;

use serde_json::Value as Schema;
use toml::Value;

use super::document::joined;

/// Similarity, from 0 to 1, from which a known key is suggested for an unknown one.
const SIMILAR: f64 = 0.75;

/// A key that the schema does not have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UnknownKey {
    /// The key with the tables that it is in.
    pub(super) key: String,
    /// The known key that is most similar to it, with its tables.
    pub(super) suggestion: Option<String>,
}

/// Returns the first key of `values` that the schema `root` does not have.
pub(super) fn unknown_key(values: &toml::Table, root: &Schema) -> Option<UnknownKey> {
    Search { root }.in_table(values, &[root], "")
}

#[derive(Debug)]
struct Search<'a> {
    root: &'a Schema,
}

impl<'a> Search<'a> {
    fn in_value(&self, value: &Value, schema: &'a Schema, key: &str) -> Option<UnknownKey> {
        let schemas = self.resolved(schema);
        match value {
            Value::Table(table) => self.in_table(table, &schemas, key),
            Value::Array(items) => {
                let of_item = schemas.iter().find_map(|schema| schema.get("items"))?;
                let numbered = items.iter().enumerate();
                numbered.into_iter().find_map(|(at, item)| self.in_value(item, of_item, &joined(key, &at.to_string())))
            }
            _ => None,
        }
    }

    fn in_table(&self, table: &toml::Table, schemas: &[&'a Schema], prefix: &str) -> Option<UnknownKey> {
        let known: BTreeMap<&str, &'a Schema> = schemas
            .iter()
            .filter_map(|schema| schema.get("properties")?.as_object())
            .flatten()
            .map(|(name, schema)| (name.as_str(), schema))
            .collect();
        let others = schemas.iter().find_map(|schema| schema.get("additionalProperties").filter(|it| it.is_object()));
        if known.is_empty() && others.is_none() {
            // Not a table: reading the value reports that.
            return None;
        }
        table.iter().find_map(|(name, value)| {
            let key = joined(prefix, name);
            match known.get(name.as_str()).copied().or(others) {
                Some(schema) => self.in_value(value, schema, &key),
                None => Some(UnknownKey { suggestion: nearest(name, known.keys()).map(|it| joined(prefix, it)), key }),
            }
        })
    }

    /// Returns the schema behind references and alternatives.
    fn resolved(&self, schema: &'a Schema) -> Vec<&'a Schema> {
        let referenced = schema.get("$ref").and_then(Schema::as_str).and_then(|path| path.strip_prefix('#'));
        let referenced = referenced.and_then(|path| self.root.pointer(path));
        let alternatives = schema.get("anyOf").and_then(Schema::as_array).into_iter().flatten();
        let below: Vec<_> = referenced.into_iter().chain(alternatives).flat_map(|below| self.resolved(below)).collect();
        std::iter::once(schema).chain(below).collect()
    }
}

/// Returns the known name that is most similar to `name`.
pub(super) fn nearest<'a, T: AsRef<str> + 'a>(name: &str, known: impl Iterator<Item = &'a T>) -> Option<&'a str> {
    let rated = known.map(|known| (strsim::jaro_winkler(name, known.as_ref()), known.as_ref()));
    let best = rated.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (best.0 >= SIMILAR).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::super::schema::schema;
    use super::*;

    fn unknown(text: &str) -> Option<(String, Option<String>)> {
        let found = unknown_key(&toml::from_str(text).unwrap(), &schema());
        found.map(|unknown| (unknown.key, unknown.suggestion))
    }

    #[test]
    fn an_unknown_key_is_found_at_any_depth_with_the_nearest_known_one() {
        for (text, key, suggestion) in [
            ("retention_day = 7", "retention_day", Some("retention_days")),
            ("[storage]\nendpiont = 'x'", "storage.endpiont", Some("storage.endpoint")),
            ("[keep]\ndayly = 3", "keep.dayly", Some("keep.daily")),
            ("[milvus.tls]\nserver = 'x'", "milvus.tls.server", Some("milvus.tls.server_name")),
            ("[profile.prod.milvus]\nurl = 'x'", "profile.prod.milvus.url", Some("profile.prod.milvus.uri")),
            (
                "[profile.prod]\nrentention_count = 1",
                "profile.prod.rentention_count",
                Some("profile.prod.retention_count"),
            ),
            ("zzz = 1", "zzz", None),
        ] {
            assert_eq!(unknown(text), Some((key.to_owned(), suggestion.map(str::to_owned))), "{text}");
        }
    }

    #[test]
    fn keys_of_the_user_are_not_unknown() {
        assert_eq!(unknown("[storage.options]\nwhatever = 'x'\n[profile.mine]\nretention_count = 1"), None);
    }
}
