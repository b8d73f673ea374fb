//! Sets: what is recorded, shown, verified, pinned and deleted.

use std::fs;

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{collections::Plain, milvus_br::MilvusBr};
use serde_json::json;

use super::support::{each, forget_all, three};

on_both_servers!(a_set_is_shown_verified_pinned_and_deleted, one_that_fails_keeps_none_of_the_others_back);

fn a_set_is_shown_verified_pinned_and_deleted(kind: ServerKind) {
    let database = three(kind, "inst_set");
    let br = MilvusBr::on(kind);
    let created = br.json(&["create", "inst_set_db.*", "inst_set_home", "--name", "inst night", "--tag", "keep"]);
    let set = created[0]["set_id"].as_str().unwrap();
    assert!(each(&created, "set_id").iter().all(|id| id == set));
    assert!(created.as_array().unwrap().iter().all(|result| result["metadata"]["set_id"] == set));

    let shown = br.json(&["show", set]);
    assert_eq!(
        (&shown["set_name"], &shown["selection"]),
        (&json!("inst night"), &json!(["inst_set_db.*", "inst_set_home"]))
    );
    assert_eq!(each(&shown["members"], "row_count"), [20, 30, 10]);
    assert_eq!(each(&shown["members"], "database"), [database.as_str(), database.as_str(), "default"]);
    assert_eq!((&shown["deleted_backup_ids"], &shown["tags"]), (&json!([]), &json!(["keep"])));
    assert_eq!(br.json(&["show", "inst night"])["set_id"], *set, "a set is found by its name");
    assert_eq!(br.json(&["show", &set[..set.len() - 1]])["set_id"], *set, "and by a prefix of its identifier");
    assert!(br.run(&["show", set]).code(0).stdout.contains("inst_set_db.inst_set_b"));
    assert!(br.run(&["list", "--sets"]).code(0).stdout.contains(set));
    br.run(&["show", "set-20260101T000000Z-00000000", "--json"]).code(10).error();

    assert_eq!(each(&br.json(&["verify", set]), "success"), [true, true, true]);
    let home = shown["members"][2]["backup_id"].as_str().unwrap();
    assert_eq!(br.json(&["pin", set])["pinned_backup_ids"].as_array().unwrap().len(), 3);
    br.run(&["delete", set, "--yes"]).code(15).says(&["pinned"]);
    br.run(&["unpin", set]).code(0);
    br.run(&["delete", home, "--yes"]).code(0);
    assert_eq!(br.json(&["show", set])["deleted_backup_ids"], json!([home]));
    br.run(&["verify", set]).code(3).says(&[home, "was deleted"]);
    let deleted = br.json(&["delete", "inst night", "--yes"]);
    assert_eq!(
        (deleted["deleted_backup_ids"].as_array().unwrap().len(), &deleted["deleted_set_ids"]),
        (2, &json!([set]))
    );
    assert_eq!((br.json(&["list", "--sets"]), br.everything()), (json!([]), Vec::<String>::new()));
    forget_all(kind, "inst_set", &database);
}

fn one_that_fails_keeps_none_of_the_others_back(kind: ServerKind) {
    for name in ["inst_fail_a", "inst_fail_b"] {
        Plain::on(kind, name).partition("_default", 10).make();
    }
    Plain::on(kind, "inst_fail_unloaded").partition("_default", 10).released().make();
    let br = MilvusBr::on(kind);
    let outcome = br.run(&["create", "inst_fail_*", "--load", "never", "--json"]).code(3).says(&["inst_fail_unloaded"]);
    let results = outcome.json();
    assert_eq!(each(&results, "success"), [true, true, false]);
    let set = results[0]["set_id"].as_str().unwrap();
    let shown = br.json(&["show", set]);
    assert_eq!(each(&shown["failures"], "collection"), ["inst_fail_unloaded"]);

    // Damage in one member is found, and the others are verified all the same.
    let damaged = shown["members"][1]["backup_id"].as_str().unwrap();
    let file = br.root().join(format!("inst_fail_b/{damaged}/manifest.json"));
    fs::write(&file, fs::read_to_string(&file).unwrap() + " ").unwrap();
    br.run(&["verify", set]).code(13).says(&["manifest.json"]);
    forget_all(kind, "inst_fail_", "default");
}
