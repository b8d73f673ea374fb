//! The settings as they are shown: one line per value, without secrets.
//!
//! Must always hold: no value that may be a secret is shown. Those are the options of the client of an object store, and
//! what an address has besides a host and a path.

use toml::{Table, Value};

use super::document::joined;
use super::load::Settings;
use super::origin::Origin;
use super::overrides::Overrides;

/// What is shown in place of a secret.
const HIDDEN: &str = "(hidden)";

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shown {
    pub(crate) key: String,
    pub(crate) value: Value,
    pub(crate) origin: Origin,
}

/// Returns the values that apply, sorted by key.
pub(crate) fn shown(settings: &Settings, overrides: &Overrides) -> Vec<Shown> {
    let mut values = Table::try_from(&settings.recovery).unwrap_or_default();
    if let Ok(native) = Value::try_from(&settings.native) {
        values.insert("native".to_owned(), native);
    }
    if let Ok(milvus) = Value::try_from(&settings.milvus) {
        values.insert("milvus".to_owned(), milvus);
    }
    for (key, value) in [("schedule", Value::try_from(&settings.schedule)), ("job", Value::try_from(&settings.jobs))] {
        values.extend(value.ok().map(|value| (key.to_owned(), value)));
    }
    let mut flat = Vec::new();
    flatten(&values, "", &mut flat);
    for (key, value) in &overrides.of_one_command {
        let shown = (*key).to_owned();
        flat.retain(|(key, _)| *key != shown);
        flat.push((shown, typed(&value.text)));
    }
    flat.sort_by(|one, other| one.0.cmp(&other.0));
    let origin = |key: &str| {
        let overridden = overrides.global.get(key).or_else(|| overrides.of_one_command.get(key));
        overridden
            .map(|found| found.origin.clone())
            .or_else(|| settings.origins.get(key).cloned())
            .unwrap_or(Origin::Default)
    };
    flat.into_iter()
        .map(|(key, value)| Shown { origin: origin(&key), value: without_secret(&key, value), key })
        .collect()
}

fn flatten(table: &Table, prefix: &str, flat: &mut Vec<(String, Value)>) {
    for (name, value) in table {
        let key = joined(prefix, name);
        match value {
            Value::Table(table) => flatten(table, &key, flat),
            value => flat.push((key, value.clone())),
        }
    }
}

/// Returns the value of a text that an option or a variable has.
fn typed(text: &str) -> Value {
    text.parse().map(Value::Integer).or_else(|_| text.parse().map(Value::Float)).unwrap_or_else(|_| text.into())
}

fn without_secret(key: &str, value: Value) -> Value {
    let may_be_secret = key.starts_with("storage.options.")
        || value.as_str().is_some_and(|text| text.contains('@') && (text.contains("://") || key == "milvus.uri"));
    if may_be_secret { HIDDEN.into() } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_wherever_they_are() {
        for (key, text, shown) in [
            ("storage.options.secret_access_key", "abc", HIDDEN),
            ("storage.proxy", "http://user:password@proxy", HIDDEN),
            ("milvus.uri", "root:Milvus@host", HIDDEN),
            ("local_backup_root_path", "s3://key:secret@bucket/x", HIDDEN),
            ("local_backup_root_path", "/srv/a@b", "/srv/a@b"),
            ("milvus.uri", "http://host:19530", "http://host:19530"),
        ] {
            assert_eq!(without_secret(key, text.into()), Value::from(shown), "{key} = {text}");
        }
    }
}
