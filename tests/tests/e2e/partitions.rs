//! Partitions: empty ones, backups of some, restores of some.

use milvus_backup_testkit::{ServerKind, shared};
use milvus_backup_tests::{
    backup_files::{BackupFiles, everything_below},
    collections::{Plain, forget, names},
    comparison::{Snapshot, assert_rows},
    milvus_br::MilvusBr,
    scripts::ask,
};
use serde_json::json;

on_both_servers!(
    empty_collection,
    empty_partition,
    backup_of_one,
    restore_of_some,
    one_that_fails,
    one_that_is_damaged
);

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

/// A partition that is dropped while another one is read.
fn one_that_fails(kind: ServerKind) {
    let name = "part_failing";
    Plain::on(kind, name).partition("_default", 8000).partition("p1", 300).partition("p2", 200).dim(128).make();
    let br = MilvusBr::over_slow_link(kind);
    let whole = br.create(&[name]);
    let drop_while_reading = |options: &[&str], partition: &str| {
        let running = br.start_writing(&[&[name, "--json", "--concurrency", "1"], options].concat());
        running.signal(rustix::process::Signal::STOP);
        drop_partition(kind, name, partition);
        running.signal(rustix::process::Signal::CONT);
        running.finish_within(std::time::Duration::from_mins(1))
    };

    if kind == ServerKind::Lite322 {
        // It returns no rows for a partition that is gone, and no error: nothing failed, but it is noticed at the end.
        drop_while_reading(&["--skip-failed-partitions"], "p1").code(10).says(&["partition `p1` does not exist"]);
        assert_eq!(br.listed(), [whole.as_str()]);
        return forget(kind, &[name]);
    }
    let result = drop_while_reading(&["--skip-failed-partitions"], "p1").code(3).says(&["partition `p1` is missing"]);
    let result = result.json();
    assert_eq!((&result["success"], &result["state"]), (&json!(false), &json!("PARTIALLY_COMPLETED")), "{result}");
    assert_eq!(result["metadata"]["failed_partitions"][0]["name"], "p1");
    let partial = result["backup_id"].as_str().unwrap().to_owned();
    br.run(&["verify", &partial]).code(0);
    assert_eq!(br.json(&["list"])[0]["state"], "PARTIALLY_COMPLETED");
    // Retention does not count it as good: the older one is kept, although one is asked for.
    let plan = br.json(&["prune", name, "--keep-count", "1", "--keep-days", "0", "--min-keep", "1", "--dry-run"]);
    let decisions = plan["decisions"].as_array().unwrap().iter();
    let kept: Vec<_> = decisions.filter(|decision| decision["action"] == "keep").map(|d| &d["backup_id"]).collect();
    assert!(kept.contains(&&json!(whole)), "{plan}");
    br.restore(&partial, "part_failing_copy", &[]);
    assert_eq!(Snapshot::of(kind, "part_failing_copy").row_count(), 8200);

    drop_while_reading(&[], "p2").code(1);
    assert_eq!(br.listed(), [partial.as_str(), whole.as_str()]);
    let others =
        everything_below(&br.root()).into_iter().filter(|file| !file.contains(&partial) && !file.contains(&whole));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<String>::new());
    forget(kind, &[name, "part_failing_copy"]);
}

/// A partition whose data file is damaged, among others that are restored beside it.
fn one_that_is_damaged(kind: ServerKind) {
    let (name, copy) = ("part_damaged", "part_damaged_copy");
    Plain::on(kind, name)
        .partition("_default", 50)
        .partition("p1", 300)
        .partition("p2", 200)
        .partition("p3", 70)
        .make();
    let before = Snapshot::of(kind, name);
    let br = MilvusBr::on(kind);
    let backup = br.create(&[name]);
    let files = BackupFiles::find(&br, &backup);
    let mut data = files.read("data/p1.parquet");
    data[50] ^= 1;
    files.write("data/p1.parquet", &data);
    let restore = ["restore", &backup, "--to", copy, "--no-verify", "--json"];
    br.run(&restore).code(13).says(&["p1.parquet"]);
    assert!(!names(kind, "").iter().any(|name| name.contains(copy)), "{:?}", names(kind, ""));
    let partly = br.run(&[&restore[..], &["--skip-failed-partitions"]].concat()).code(3);
    assert!(partly.stdout.contains("partition `p1` is missing or incomplete"), "{partly:#?}");
    let after = Snapshot::of(kind, copy);
    for partition in ["_default", "p2", "p3"] {
        assert_rows(partition, &before.partitions[partition], &after.partitions[partition]);
    }
    assert_eq!(after.row_count(), 320, "{:?}", after.counts());
    forget(kind, &[name, copy]);
}

fn drop_partition(kind: ServerKind, collection: &str, partition: &str) {
    let script = "
from pymilvus import MilvusClient
client = MilvusClient(given['uri'])
if given['release']:
    client.release_partitions(given['collection'], [given['partition']])
client.drop_partition(given['collection'], given['partition'])
print('null')
";
    let uri = shared(kind).unwrap().uri();
    // Milvus Lite has no call for it, and drops what is loaded.
    let release = kind == ServerKind::Milvus235;
    ask::<()>(script, &json!({ "uri": uri, "collection": collection, "partition": partition, "release": release }));
}
