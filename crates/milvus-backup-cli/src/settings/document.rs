//! [`Document`]: one configuration file, with the line of each of its keys.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use milvus_backup_core::{Error, Result};
use toml::Table;
use toml::de::{DeTable, DeValue};

/// A configuration file whose keys and values are not checked yet.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) path: PathBuf,
    pub(super) values: Table,
    /// Lines of the keys, from 1. A key is written as `storage.endpoint`, or `job.0.name` in an array.
    lines: BTreeMap<String, usize>,
}

impl Document {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Configuration`] for a file that cannot be read; [`Error::InvalidSetting`] for one that is not TOML.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Configuration {
            role: "configuration file".to_owned(),
            path: path.display().to_string(),
            source: Box::new(source),
        })?;
        Self::parse(&text, path)
    }

    /// Parses the text of a file.
    pub(super) fn parse(text: &str, path: &Path) -> Result<Self> {
        let invalid = |error: toml::de::Error| {
            let line = error.span().map(|span| line_of(text, span.start));
            Error::InvalidSetting { place: place(path, line), reason: error.message().to_owned() }
        };
        let spanned = DeTable::parse(text).map_err(invalid)?;
        let values = toml::from_str(text).map_err(invalid)?;
        let mut lines = BTreeMap::new();
        record_table(spanned.get_ref(), "", text, &mut lines);
        Ok(Self { path: path.to_path_buf(), values, lines })
    }

    /// Returns the line of a key, or of the table that it would be in.
    pub(super) fn line(&self, key: &str) -> Option<usize> {
        let parent = || key.rsplit_once('.').and_then(|(parent, _)| self.line(parent));
        self.lines.get(key).copied().or_else(parent)
    }

    /// Returns an error about a key, with its place.
    pub(super) fn error(&self, key: &str, reason: String) -> Error {
        Error::InvalidSetting { place: place(&self.path, self.line(key)), reason }
    }
}

/// Returns `milvus-br.toml, line 3`.
fn place(path: &Path, line: Option<usize>) -> String {
    let path = path.display();
    line.map_or_else(|| path.to_string(), |line| format!("{path}, line {line}"))
}

fn record_table(table: &DeTable<'_>, prefix: &str, text: &str, lines: &mut BTreeMap<String, usize>) {
    for (name, value) in table {
        let key = joined(prefix, name.get_ref());
        lines.insert(key.clone(), line_of(text, name.span().start));
        record_value(value.get_ref(), &key, text, lines);
    }
}

fn record_value(value: &DeValue<'_>, key: &str, text: &str, lines: &mut BTreeMap<String, usize>) {
    match value {
        DeValue::Table(table) => record_table(table, key, text, lines),
        DeValue::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let key = joined(key, &at.to_string());
                lines.insert(key.clone(), line_of(text, item.span().start));
                record_value(item.get_ref(), &key, text, lines);
            }
        }
        _ => {}
    }
}

/// Returns `prefix.name`, or `name` at the top.
pub(super) fn joined(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_line() {
        let text = "retention_count = 3\n\n[storage]\nregion = 'x'\n[[list]]\nname = 'a'\n[[list]]\nname = 'b'\n";
        let document = Document::parse(text, Path::new("a.toml")).unwrap();
        for (key, line) in [
            ("retention_count", Some(1)),
            ("storage.region", Some(4)),
            ("storage.absent", Some(3)),
            ("list.1.name", Some(8)),
            ("absent", None),
        ] {
            assert_eq!(document.line(key), line, "{key}");
        }
    }

    #[test]
    fn what_is_not_toml_is_named_by_file_and_line() {
        let error = Document::parse("a = 1\nb = \n", Path::new("a.toml")).unwrap_err().to_string();
        assert!(error.starts_with("a.toml, line 2: "), "{error}");
    }
}
