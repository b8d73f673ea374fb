//! What comes back equals what went in: rows to the bit, partitions, schema and indexes.

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    collections::{Key, everything, forget},
    comparison::Snapshot,
    milvus_br::MilvusBr,
};
use serde_json::json;

/// Several pages of every partition; on Milvus 2.3.5, more than the largest window of a query. Milvus Lite takes minutes for as
/// many.
fn rows(kind: ServerKind) -> usize {
    if kind == ServerKind::Lite322 { 5200 } else { 20_800 }
}

on_both_servers!(int64_keys, varchar_keys);

fn int64_keys(kind: ServerKind) {
    let before = comes_back(kind, "rt_int64", Key::Int64);
    let keys: Vec<i64> =
        before.partitions.keys().flat_map(|name| before.field(name, "key")).map(|key| key.as_i64().unwrap()).collect();
    for edge in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1] {
        assert!(keys.contains(&edge), "the data set has no key {edge}");
    }
}

fn varchar_keys(kind: ServerKind) {
    let before = comes_back(kind, "rt_varchar", Key::VarChar);
    let keys: Vec<String> = before
        .partitions
        .keys()
        .flat_map(|name| before.field(name, "key"))
        .map(|key| key.as_str().unwrap().to_owned())
        .collect();
    let long = "x".repeat(1000);
    for edge in ["", "\"", "\\\"", "line\nfeed", "tab\there", "carriage\rreturn", "日本語", long.as_str()] {
        assert!(keys.iter().any(|key| key == edge), "the data set has no key {edge:?}");
    }
}

/// Backs up a collection of everything, restores it under another name and compares. Returns what it was before.
fn comes_back(kind: ServerKind, name: &str, key: Key) -> Snapshot {
    let made = everything(kind, name, key, rows(kind));
    let before = Snapshot::of(kind, name);
    assert_eq!(before.counts(), made, "deletes and upserts took effect");
    assert!(before.row_count() > rows(kind) - 800);
    assert_has_edge_values(&before);

    let br = MilvusBr::on(kind);
    let backup = br.create(&[name]);
    Snapshot::of(kind, name).assert_same(&before);

    let copy = format!("{name}_copy");
    let result = br.restore(&backup, &copy, &[]);
    assert_eq!(result["rows_restored"], json!(before.row_count()));
    assert_eq!(result["verification_passed"], true);
    assert_eq!(result["indexes_restored"], json!(before.definition["indexes"].as_array().unwrap().len()));
    before.assert_same(&Snapshot::of(kind, &copy));
    forget(kind, &[name, &copy]);
    before
}

/// A data set without the values that are easily lost would prove nothing.
fn assert_has_edge_values(snapshot: &Snapshot) {
    let has = |field: &str, value: &serde_json::Value| snapshot.field("alpha", field).contains(value);
    assert!(has("precise", &json!("nan")) && has("single", &json!("nan")), "no NaN");
    let doubles = [f64::INFINITY, -0.0, 5e-324, f64::MIN];
    for bits in doubles.map(|value| value.to_le_bytes().map(|byte| format!("{byte:02x}")).concat()) {
        assert!(has("precise", &json!(bits)), "no double {bits}");
    }
    for field in ["words", "counts", "answers", "weights"] {
        assert!(has(field, &json!([])), "no empty array in {field}");
    }
    assert!(has("gloss", &json!("")), "no empty text");
    let changed = snapshot.partitions["beta_2"].iter().filter(|row| row.contains("changed")).count();
    assert!(changed > snapshot.row_count() / 400, "only {changed} rows were upserted");
}
