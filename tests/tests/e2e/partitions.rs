//! Partitions: empty ones, backups of some, restores of some.

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    collections::Plain,
    comparison::{Snapshot, assert_rows},
    milvus_br::MilvusBr,
};
use serde_json::json;

on_both_servers!(empty_collection, empty_partition, backup_of_one, restore_of_some);

fn empty_collection(kind: ServerKind) {
    Plain::on(kind, "part_empty").make();
    let before = Snapshot::of(kind, "part_empty");
    assert_eq!(before.row_count(), 0);
    let br = MilvusBr::on(kind);
    let backup = br.create(&["part_empty"]);
    br.run(&["verify", &backup]).code(0);
    let result = br.restore(&backup, "part_empty_copy", &[]);
    assert_eq!(result["rows_restored"], 0);
    before.assert_same(&Snapshot::of(kind, "part_empty_copy"));
}

fn empty_partition(kind: ServerKind) {
    Plain::on(kind, "part_hollow").partition("_default", 12).partition("nothing", 0).partition("some", 7).make();
    let before = Snapshot::of(kind, "part_hollow");
    let br = MilvusBr::on(kind);
    let backup = br.create(&["part_hollow"]);
    br.restore(&backup, "part_hollow_copy", &[]);
    let after = Snapshot::of(kind, "part_hollow_copy");
    assert_eq!(after.counts()["nothing"], 0, "the empty partition exists");
    before.assert_same(&after);
}

fn backup_of_one(kind: ServerKind) {
    Plain::on(kind, "part_one").partition("_default", 12).partition("p1", 9).partition("p2", 7).make();
    let before = Snapshot::of(kind, "part_one");
    let br = MilvusBr::on(kind);
    let created = br.json(&["create", "part_one", "--partition", "p1"]);
    assert_eq!(created["row_count"], 9);
    assert_eq!(created["metadata"]["backup_type"], "PARTITION");
    assert_eq!(created["metadata"]["partition_names"], json!(["p1"]));

    let backup = created["backup_id"].as_str().unwrap();
    let result = br.restore(backup, "part_one_copy", &[]);
    assert_eq!(result["partitions_restored"], json!(["p1"]));
    let after = Snapshot::of(kind, "part_one_copy");
    assert_rows("p1", &before.partitions["p1"], &after.partitions["p1"]);
    assert_eq!(after.row_count(), 9, "{:?}", after.counts());
    br.run(&["restore", backup, "--to", "part_one_never", "--partition", "p2", "--json"]).code(10).error();
}

fn restore_of_some(kind: ServerKind) {
    Plain::on(kind, "part_some").partition("_default", 12).partition("p1", 9).partition("p2", 7).make();
    let before = Snapshot::of(kind, "part_some");
    let br = MilvusBr::on(kind);
    let backup = br.create(&["part_some"]);
    let result = br.restore(&backup, "part_some_copy", &["--partition", "p2", "--partition", "_default"]);
    assert_eq!(result["rows_restored"], 19);
    let after = Snapshot::of(kind, "part_some_copy");
    for partition in ["_default", "p2"] {
        assert_rows(partition, &before.partitions[partition], &after.partitions[partition]);
    }
    assert_eq!(after.row_count(), 19, "{:?}", after.counts());
}
