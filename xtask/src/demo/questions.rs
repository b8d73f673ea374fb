//! What the witness is asked. It is pymilvus and `DuckDB`, so what it says does not rest on our own code.

use milvus_backup_testkit::{Witness, embeddings};
use serde::Deserialize;
use serde_json::{Value, json};

use super::words::{PARTS_OF_SPEECH, QUESTIONS, Words};
use crate::error::{Error, Result};
use crate::terminal::say;

const FILL: &str = include_str!("../../scripts/fill.py");
const SEARCH: &str = include_str!("../../scripts/search.py");
const COMPARE: &str = include_str!("../../scripts/compare.py");
const FIRST_ROWS: &str = include_str!("../../scripts/first_rows.py");
const HITS: usize = 5;

/// A hit of a search.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Hit {
    id: i64,
    word: String,
    distance: f64,
}

/// A server adds up the products of two vectors in an order that depends on the rows beside them, so distances differ in the
/// last digits of a 32-bit float.
const TOLERANCE: f64 = 1e-5;

/// Returns whether two searches found the same words in the same order, at the same distances.
pub(super) fn same(before: &[Vec<Hit>], after: &[Vec<Hit>]) -> bool {
    let near = |a: &Hit, b: &Hit| a.id == b.id && a.word == b.word && (a.distance - b.distance).abs() < TOLERANCE;
    let lists = |a: &Vec<Hit>, b: &Vec<Hit>| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(a, b));
    before.len() == after.len() && before.iter().zip(after).all(|(a, b)| lists(a, b))
}

#[derive(Deserialize)]
struct Comparison {
    differences: Vec<String>,
    partitions: Vec<Partition>,
}

#[derive(Deserialize)]
struct Partition {
    name: String,
    rows: u64,
    vectors: u64,
    sets_of_keys: u64,
}

#[derive(Deserialize)]
struct FirstRows {
    total: usize,
    table: String,
}

/// Makes the collection of words.
pub(super) fn fill(witness: &Witness, uri: &str, collection: &str, words: &Words) -> Result<()> {
    let given = json!({
        "uri": uri,
        "collection": collection,
        "dimension": embeddings::DIMENSION,
        "partitions": PARTS_OF_SPEECH.map(|(name, _)| name),
        "rows": words.rows,
    });
    let filled: Value = witness.ask(FILL, &given)?;
    say(format_args!("inserted {filled}"));
    Ok(())
}

/// The hits of every question.
pub(super) fn search(witness: &Witness, uri: &str, collection: &str, words: &Words) -> Result<Vec<Vec<Hit>>> {
    let given = json!({ "uri": uri, "collection": collection, "vectors": words.questions, "limit": HITS });
    Ok(witness.ask(SEARCH, &given)?)
}

/// Prints the hits, as words.
pub(super) fn show(hits: &[Vec<Hit>]) {
    for (question, hits) in QUESTIONS.iter().zip(hits) {
        let words: Vec<&str> = hits.iter().map(|hit| hit.word.as_str()).collect();
        say(format_args!("  {question:<24} -> {}", words.join(", ")));
    }
}

/// Fails unless two collections are the same in definition, partitions, rows and vectors.
pub(super) fn compare(witness: &Witness, uri: &str, source: &str, copy: &str, expected: usize) -> Result<()> {
    let found: Comparison = witness.ask(COMPARE, &json!({ "uri": uri, "source": source, "copy": copy }))?;
    for partition in &found.partitions {
        let Partition { name, rows, vectors, sets_of_keys } = partition;
        say(format_args!("  {name:<10} {rows:>5} rows, {vectors:>5} vectors, {sets_of_keys} different sets of keys"));
    }
    if !found.differences.is_empty() {
        let shown = found.differences.iter().take(10).map(String::as_str).collect::<Vec<_>>().join("\n  ");
        return Err(Error::Demo(format!("{} differences, such as\n  {shown}", found.differences.len())));
    }
    let compared: u64 = found.partitions.iter().map(|partition| partition.vectors).sum();
    if compared == expected as u64 {
        Ok(())
    } else {
        Err(Error::Demo(format!("{compared} vectors were compared, but {expected} rows were inserted")))
    }
}

/// Prints the first rows of Parquet files, read by `DuckDB`.
pub(super) fn first_rows(witness: &Witness, files: &str, sql: &str, expected: usize) -> Result<()> {
    let found: FirstRows = witness.ask(FIRST_ROWS, &json!({ "files": files, "sql": sql }))?;
    say(found.table.trim_end());
    if found.total == expected {
        Ok(())
    } else {
        Err(Error::Demo(format!("DuckDB finds {} rows in the backup, but {expected} were inserted", found.total)))
    }
}
