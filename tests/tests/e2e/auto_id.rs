//! Primary keys that the server made: kept, made anew, or kept in a collection that no longer makes them.

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    collections::{Plain, names},
    comparison::Snapshot,
    milvus_br::MilvusBr,
};
use serde_json::Value;

on_both_servers!(preserve, plain, regenerate);

const ROWS: u64 = 60;

/// A backup of a collection with generated keys, and what that was.
fn backed_up(kind: ServerKind, name: &str) -> (MilvusBr, String, Snapshot) {
    Plain::on(kind, name).partition("_default", 40).partition("p1", ROWS - 40).auto_id().make();
    let before = Snapshot::of(kind, name);
    assert!(makes_keys(&before));
    let br = MilvusBr::on(kind);
    let backup = br.create(&[name]);
    (br, backup, before)
}

fn preserve(kind: ServerKind) {
    let (br, backup, before) = backed_up(kind, "auto_preserve");
    if kind == ServerKind::Milvus235 {
        Plain::on(kind, "auto_target").partition("_default", 5).make();
        let target = Snapshot::of(kind, "auto_target");
        for arguments in [&["--to", "auto_never"][..], &["--to", "auto_target", "--drop-existing"]] {
            let all: Vec<&str> = ["restore", &backup, "--json"].into_iter().chain(arguments.iter().copied()).collect();
            let hint = br.run(&all).code(15).error()["hint"].as_str().unwrap().to_owned();
            assert!(hint.contains("--auto-id plain") && hint.contains("--auto-id regenerate"), "{hint}");
        }
        target.assert_same(&Snapshot::of(kind, "auto_target"));
        assert!(!names(kind, "").iter().any(|name| name.contains("auto_never")));
    } else {
        br.restore(&backup, "auto_preserved", &[]);
        before.assert_same(&Snapshot::of(kind, "auto_preserved"));
    }
}

fn plain(kind: ServerKind) {
    let (br, backup, before) = backed_up(kind, "auto_plain");
    let result = br.restore(&backup, "auto_plain_copy", &["--auto-id", "plain"]);
    assert!(result["limitations"].to_string().contains("autoID"), "{result}");
    let after = Snapshot::of(kind, "auto_plain_copy");
    assert!(!makes_keys(&after));
    before.assert_same_rows(&after);
}

fn regenerate(kind: ServerKind) {
    let (br, backup, before) = backed_up(kind, "auto_anew");
    let result = br.restore(&backup, "auto_anew_copy", &["--auto-id", "regenerate"]);
    assert_eq!(result["rows_restored"], ROWS);
    let after = Snapshot::of(kind, "auto_anew_copy");
    assert_eq!(before.definition, after.definition);
    for partition in ["_default", "p1"] {
        assert_eq!(without_keys(&before, partition), without_keys(&after, partition));
        assert_ne!(before.field(partition, "id"), after.field(partition, "id"));
    }
}

/// The rows of a partition without their keys, in an order that does not come from the keys.
fn without_keys(snapshot: &Snapshot, partition: &str) -> Vec<String> {
    let mut rows: Vec<String> = snapshot.partitions[partition]
        .iter()
        .map(|row| {
            let mut row: Value = serde_json::from_str(row).unwrap();
            row.as_object_mut().unwrap().remove("id").unwrap();
            row.to_string()
        })
        .collect();
    rows.sort();
    rows
}

fn makes_keys(snapshot: &Snapshot) -> bool {
    let fields = snapshot.definition["schema"]["fields"].as_array().unwrap();
    fields.iter().any(|field| field["name"] == "id" && field["autoID"] == true)
}
