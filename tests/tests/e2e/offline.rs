//! Everything but create and restore works without any Milvus.

use std::time::Duration;

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{collections::Plain, milvus_br::MilvusBr};
use serde_json::json;

#[test]
fn list_show_verify_prune_and_delete() {
    Plain::on(ServerKind::Lite322, "off_line").partition("_default", 10).make();
    let br = MilvusBr::on(ServerKind::Lite322);
    let created: Vec<String> = (0..5).map(|_| br.create(&["off_line"])).collect();
    let newest_first: Vec<String> = created.iter().rev().cloned().collect();

    let br = br.disconnected();
    let quick = |arguments: &[&str]| {
        let outcome = br.run(arguments).code(0);
        assert!(outcome.elapsed < Duration::from_secs(5), "{outcome:#?}");
        outcome
    };
    assert_eq!(br.listed(), newest_first);
    assert_eq!(quick(&["list"]).stdout.lines().count(), 6);
    assert!(quick(&["show", "off_line@latest"]).stdout.contains(&newest_first[0]));
    quick(&["verify", "off_line@latest"]);
    assert_eq!(br.json(&["show", "off_line@latest"])["verification"]["success"], true);

    let rules = ["prune", "off_line", "--keep-count", "3", "--keep-days", "0", "--min-keep", "1"];
    let planned = br.json(&[&rules[..], &["--dry-run"]].concat());
    assert_eq!((&planned["backups_to_keep"], &planned["backups_to_delete"]), (&json!(3), &json!(2)));
    assert_eq!(br.listed().len(), 5, "a dry run deletes nothing");
    br.run(&[&rules[..], &["--json"]].concat()).code(15).error();
    let pruned = br.json(&[&rules[..], &["--yes"]].concat());
    let deleted: Vec<String> = serde_json::from_value(pruned["deleted_backup_ids"].clone()).unwrap();
    assert_eq!(deleted, created[..2], "oldest first");
    assert!(pruned["decisions"].as_array().unwrap().iter().all(|d| !d["reasons"].as_array().unwrap().is_empty()));
    assert_eq!(br.listed(), newest_first[..3]);

    quick(&["delete", &newest_first[1], "--yes"]);
    assert_eq!(br.listed(), [newest_first[0].as_str(), newest_first[2].as_str()]);
    br.run(&["restore", "off_line@latest", "--json"]).code(14).error();
}
