//! A collection as pymilvus' protocol classes see it, kept to be compared with another one or with its own past.
//!
//! Floating-point numbers are compared by their bits; JSON by its text where the server keeps the text (2.3.5), and by
//! its value elsewhere.

use std::{collections::BTreeMap, fs};

use milvus_backup_testkit::{ServerKind, shared};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::scripts::ask;

/// Differing rows that a failure shows.
const SHOWN: usize = 3;

/// Everything in a collection at one moment.
#[derive(Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// Schema, indexes, partitions and settings.
    pub definition: Value,
    /// The rows of each partition, one JSON object per row, in the order of their keys.
    pub partitions: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Written {
    rows: usize,
    file: String,
}

impl Snapshot {
    /// Reads a collection of the shared server; it is loaded for that, and gets an index when it has none.
    pub fn of(kind: ServerKind, collection: &str) -> Self {
        Self::in_database(kind, "", collection)
    }

    /// The same in another database.
    pub fn in_database(kind: ServerKind, db: &str, collection: &str) -> Self {
        Self::at(&shared(kind).unwrap().uri(), db, collection)
    }

    /// The same on any server.
    pub fn at(uri: &str, db: &str, collection: &str) -> Self {
        let out = TempDir::new().unwrap();
        let given = json!({ "uri": uri, "db": db, "collection": collection, "out": out.path() });
        // The definition first: to read the rows may take an index.
        let definition = ask(include_str!("../scripts/definition.py"), &given);
        let written: BTreeMap<String, Written> = ask(include_str!("../scripts/dump.py"), &given);
        let partitions = written.into_iter().map(|(name, written)| (name, lines(&written))).collect();
        Self { definition, partitions }
    }

    /// The rows of all partitions.
    pub fn row_count(&self) -> usize {
        self.partitions.values().map(Vec::len).sum()
    }

    /// The rows of each partition.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.partitions.iter().map(|(name, rows)| (name.clone(), rows.len() as u64)).collect()
    }

    /// One field of every row of a partition.
    pub fn field(&self, partition: &str, field: &str) -> Vec<Value> {
        let parse = |row: &String| serde_json::from_str::<Value>(row).unwrap()[field].clone();
        self.partitions[partition].iter().map(parse).collect()
    }

    /// Asserts that the other collection has the same rows in the same partitions.
    pub fn assert_same_rows(&self, other: &Self) {
        assert_eq!(self.counts(), other.counts(), "rows of each partition");
        for (name, rows) in &self.partitions {
            assert_rows(name, rows, &other.partitions[name]);
        }
    }

    /// Asserts the same of a collection on a server of another kind: JSON counts by its value there.
    pub fn assert_same_values(&self, other: &Self) {
        assert_eq!(self.counts(), other.counts(), "rows of each partition");
        for (name, rows) in &self.partitions {
            let (before, after): (Vec<String>, Vec<String>) = rows
                .iter()
                .zip(&other.partitions[name])
                .map(|(before, after)| (by_value(before), by_value(after)))
                .unzip();
            assert_rows(name, &before, &after);
        }
    }

    /// Asserts that the other collection is the same in all but its name.
    pub fn assert_same(&self, other: &Self) {
        assert_eq!(self.definition, other.definition, "definitions differ");
        self.assert_same_rows(other);
    }
}

/// Asserts that two partitions have the same rows.
pub fn assert_rows(partition: &str, before: &[String], after: &[String]) {
    let differing = before.iter().zip(after).filter(|(before, after)| before != after);
    let shown: Vec<String> = differing.clone().take(SHOWN).map(|(b, a)| format!("before {b}\nafter  {a}")).collect();
    let message = shown.join("\n");
    assert_eq!(differing.count(), 0, "rows of partition {partition} differ:\n{message}");
    assert_eq!(before.len(), after.len(), "rows of partition {partition}");
}

/// A row with the JSON in it parsed, where it is text.
fn by_value(row: &str) -> String {
    let mut row: Value = serde_json::from_str(row).unwrap();
    for field in ["facts", "$meta"] {
        if let Some(Value::String(text)) = row.get(field) {
            row[field] = serde_json::from_str(text).unwrap();
        }
    }
    row.to_string()
}

fn lines(written: &Written) -> Vec<String> {
    let lines: Vec<String> = fs::read_to_string(&written.file).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), written.rows, "a row takes one line");
    lines
}
