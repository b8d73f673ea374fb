//! Rows that the stand-in backs up and restores.

use milvus_backup_testkit::{native_tool::ToolFault, shared};
use milvus_backup_tests::{
    backup_files::BackupFiles,
    collections::{Key, Plain, change, everything, forget},
    comparison::Snapshot,
};
use serde_json::json;

use super::support::{MILVUS, Native};

#[test]
fn everything_is_restored_by_the_tool_as_it_was() {
    let (name, target) = ("native_everything", "native_everything_2");
    let rows: u64 = everything(MILVUS, name, Key::Int64, 2_000).values().sum();
    let before = Snapshot::of(MILVUS, name);
    let native = Native::new();
    let backup = native.br.create(&[name]);
    let manifest = BackupFiles::find(&native.br, &backup).json("manifest.json");
    assert_eq!(manifest["native"]["tool_version"], "dev", "{manifest}");
    let result = native.br.restore(&backup, target, &["--method", "tool"]);
    assert_eq!(result["rows_restored"], rows, "{result}");
    before.assert_same_rows(&Snapshot::of(MILVUS, target));
    assert_eq!((native.leftovers(), native.processes()), (Vec::new(), Vec::new()));
    forget(MILVUS, &[name, target]);
}

#[test]
fn rows_in_memory_are_flushed_and_deleted_ones_are_not_counted() {
    let name = "native_unflushed";
    Plain::on(MILVUS, name).partition("p1", 500).make();
    change(
        &shared(MILVUS).unwrap().uri(),
        &format!(
            "client.delete('{name}', filter='id >= 0 and id < 10')\nclient.insert('{name}', [{{'id': 10**6, 'text': 't', 'vector': [0.5] * 8}}])"
        ),
    );
    let live = Snapshot::of(MILVUS, name).row_count();
    let native = Native::new();
    let result = native.br.json(&["create", name]);
    assert_eq!(result["row_count"], json!(live), "{result}");
    forget(MILVUS, &[name]);
}

#[test]
fn an_empty_collection_is_a_backup_too() {
    let name = "native_empty";
    Plain::on(MILVUS, name).partition("p1", 0).make();
    let native = Native::new();
    let result = native.br.json(&["create", name]);
    assert_eq!((&result["success"], &result["row_count"]), (&json!(true), &json!(0)), "{result}");
    forget(MILVUS, &[name]);
}

#[test]
fn another_database_and_the_configuration_of_the_next_line_of_the_tool() {
    let (name, database) = ("native_elsewhere", "native_shop");
    let rows = Plain::on(MILVUS, name).database(database).partition("_default", 300).make();
    let native = Native::new();
    native.fault(Some(ToolFault::Newer));
    let result = native.br.json(&["create", name, "--db", database]);
    assert_eq!(result["row_count"], json!(rows), "{result}");
    let restored = native.br.restore(result["backup_id"].as_str().unwrap(), "native_elsewhere_2", &["--db", database]);
    assert_eq!(restored["rows_restored"], json!(rows), "{restored}");
}
