//! What names and patterns select.

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{collections::Plain, milvus_br::MilvusBr};
use serde_json::json;

use super::support::{each, forget_all, three};

on_both_servers!(patterns_select_in_databases, what_matches_nothing_is_named, one_that_is_missing_is_told);

fn patterns_select_in_databases(kind: ServerKind) {
    let database = three(kind, "inst_pattern");
    let br = MilvusBr::on(kind);
    let planned = |arguments: &[&str]| {
        let all = [&["create", "--dry-run"], arguments].concat();
        let names =
            |it: &serde_json::Value| format!("{}.{}", it["database"].as_str().unwrap(), it["name"].as_str().unwrap());
        br.json(&all)["collections"].as_array().unwrap().iter().map(names).collect::<Vec<_>>()
    };
    let in_database = |name: &str| format!("{database}.inst_pattern_{name}");
    assert_eq!(planned(&["inst_pattern_*"]), ["default.inst_pattern_home"]);
    assert_eq!(planned(&["inst_pattern_db.*"]), [in_database("a"), in_database("b")]);
    assert_eq!(planned(&["inst_pattern_d?.*_[b-z]"]), [in_database("b")]);
    assert_eq!(planned(&["--db", &database, "inst_pattern_{a,c}"]), [in_database("a")]);
    assert_eq!(
        planned(&["*.inst_pattern_*", "--exclude", "*_a"]),
        ["default.inst_pattern_home".to_owned(), in_database("b")]
    );
    assert_eq!(planned(&["inst_pattern_db.inst_pattern_a"]), [in_database("a")]);
    let everything = planned(&["--all"]);
    assert!([in_database("a"), in_database("b")].iter().all(|name| everything.contains(name)), "{everything:?}");
    assert_eq!(br.everything(), Vec::<String>::new(), "nothing was backed up");

    let created = br.json(&["create", "inst_pattern_db.*", "inst_pattern_home"]);
    assert_eq!(each(&created, "collection_name"), ["inst_pattern_a", "inst_pattern_b", "inst_pattern_home"]);
    assert_eq!(each(&created, "row_count"), [20, 30, 10]);
    let files = br.everything();
    let below = |directory: &str| files.iter().any(|file| file.starts_with(directory));
    assert!(below("inst_pattern_db.inst_pattern_a/") && below("inst_pattern_home/") && below("_sets/"), "{files:?}");
    forget_all(kind, "inst_pattern", &database);
}

fn what_matches_nothing_is_named(kind: ServerKind) {
    let database = three(kind, "inst_nothing");
    let br = MilvusBr::on(kind);
    br.run(&["create", "inst_nothing_db.x*"]).code(10).says(&["inst_nothing_db.x*", "inst_nothing_db.inst_nothing_a"]);
    let error = br.run(&["create", "inst_nothing_db.x*", "--json"]).code(10).error();
    let there = json!(["inst_nothing_db.inst_nothing_a", "inst_nothing_db.inst_nothing_b"]);
    assert_eq!(error["available_collections"], there);
    br.run(&["create", "no_such_inst_database.*"]).code(10).says(&["no_such_inst_database.*"]);
    br.run(&["create", "inst_nothing_*", "--exclude", "*"]).code(2).says(&["exclude"]);
    br.run(&["create", "inst_nothing_[", "--dry-run"]).code(2).says(&["inst_nothing_["]);
    br.run(&["create", "--all", "inst_nothing_home"]).code(2);
    assert_eq!(br.everything(), Vec::<String>::new());
    forget_all(kind, "inst_nothing", &database);
}

fn one_that_is_missing_is_told(kind: ServerKind) {
    Plain::on(kind, "inst_missing_a").partition("_default", 10).make();
    let br = MilvusBr::on(kind);
    let outcome =
        br.run(&["create", "inst_missing_a", "inst_missing_x*", "--json"]).code(10).says(&["inst_missing_x*"]);
    assert_eq!(each(&outcome.json(), "success"), [true, false]);
    let sets = br.json(&["list", "--sets"]);
    assert_eq!(sets[0]["failures"][0]["collection"], "inst_missing_x*");
    assert_eq!(sets[0]["failures"][0]["kind"], "not_found");
    assert_eq!(sets[0]["members"].as_array().unwrap().len(), 1);
    forget_all(kind, "inst_missing", "default");
}
