//! Memory stays below the limit, however large the collection.

use std::env;

use milvus_backup_testkit::{ServerKind, shared};
use milvus_backup_tests::{
    collections::{Plain, forget},
    milvus_br::{MilvusBr, binary},
    scripts::ask,
};
use serde_json::{Value, json};

/// The default of `memory_limit_bytes`.
const LIMIT: u64 = 512 << 20;

#[test]
fn of_create_and_restore_is_bounded() {
    let large = env::var("MILVUS_BR_TEST_LARGE").is_ok_and(|value| value == "1");
    // 615 MB of vectors, well above the limit, take minutes to insert: by hand. The small set is 123 MB.
    let rows: u64 = if large { 200_000 } else { 40_000 };
    let name = "memory";
    let kind = ServerKind::Milvus235;
    Plain::on(kind, name).partition("_default", rows).dim(768).make();
    let br = MilvusBr::on(kind);
    let (created, peak) = measured(kind, &br, &["create", name, "--json"]);
    assert_eq!(created["row_count"], rows);
    assert!(peak < LIMIT, "create of {rows} rows took {} MiB", peak >> 20);

    let backup = created["backup_id"].as_str().unwrap();
    let (restored, peak_of_restore) = measured(kind, &br, &["restore", backup, "--to", "memory_copy", "--json"]);
    assert_eq!(restored["rows_restored"], rows);
    assert!(peak_of_restore < LIMIT, "restore of {rows} rows took {} MiB", peak_of_restore >> 20);
    println!("{rows} rows of 768: create {} MiB, restore {} MiB", peak >> 20, peak_of_restore >> 20);
    forget(kind, &[name, "memory_copy"]);
}

/// Rows that are suddenly a thousand times as wide, in vectors of the largest dimension and in texts and JSON of the largest
/// size: pages are asked for by the rows before them.
#[test]
fn of_rows_that_become_wide_is_bounded() {
    let kind = ServerKind::Milvus235;
    let uri = shared(kind).unwrap().uri();
    for (name, rows, dim) in [("memory_long", 2_000_u64, 2), ("memory_wide", 400, 32_768)] {
        let input = json!({ "uri": uri, "collection": name, "rows": rows, "dim": dim });
        assert_eq!(ask::<u64>(include_str!("../../scripts/make_wide.py"), &input), rows);
        let br = MilvusBr::on(kind);
        let limit = ["--memory-limit", "256MB", "--json"];
        let (created, peak) = measured(kind, &br, &[&["create", name][..], &limit].concat());
        assert_eq!(created["row_count"], rows);
        assert!(peak < 256 << 20, "create of `{name}` took {} MiB", peak >> 20);
        let (backup, target) = (created["backup_id"].as_str().unwrap(), format!("{name}_copy"));
        let restore = [&["restore", backup, "--to", &target][..], &limit].concat();
        let (restored, peak_of_restore) = measured(kind, &br, &restore);
        assert_eq!(restored["rows_restored"], rows);
        assert!(peak_of_restore < 256 << 20, "restore of `{name}` took {} MiB", peak_of_restore >> 20);
        println!("{name}: create {} MiB, restore {} MiB", peak >> 20, peak_of_restore >> 20);
        // All rows in one answer, as the other tests compare them, are more than the server sends.
        let digest = |backup: &str| br.json(&["show", backup])["partitions"][0]["row_digest"].clone();
        assert_eq!(digest(&br.create(&[target.as_str()])), digest(backup), "`{name}` came back with other rows");
        forget(kind, &[name, &target]);
    }
}

/// Runs the command below a parent that asks the kernel how much memory it took at its peak.
fn measured(kind: ServerKind, br: &MilvusBr, arguments: &[&str]) -> (Value, u64) {
    let argv: Vec<&str> = std::iter::once(binary().to_str().unwrap()).chain(arguments.iter().copied()).collect();
    let environment = json!({ "MILVUS_URI": shared(kind).unwrap().uri(), "MILVUS_BR_ROOT": br.root() });
    let answer: Value = ask(include_str!("../../scripts/peak_memory.py"), &json!({ "argv": argv, "env": environment }));
    assert_eq!(answer["exit_code"], 0, "{answer}");
    let document = serde_json::from_str(answer["stdout"].as_str().unwrap()).unwrap();
    (document, answer["peak_bytes"].as_u64().unwrap())
}
