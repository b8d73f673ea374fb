//! The restore of sets: to their own places and to others.

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{collections::names, comparison::Snapshot, milvus_br::MilvusBr};
use serde_json::json;

use super::support::{drop_in, each, forget_all, three};

on_both_servers!(members_go_to_other_databases_and_names, members_come_back_to_their_own_places);

fn members_go_to_other_databases_and_names(kind: ServerKind) {
    let database = three(kind, "inst_map");
    let br = MilvusBr::on(kind);
    let set = br.json(&["create", "inst_map_db.*", "inst_map_home"])[0]["set_id"].as_str().unwrap().to_owned();
    let map = |more: &[&str]| {
        let to = ["--map", "inst_map_db.*=inst_map_other.*", "--map", "*_home=*_back", "--json"];
        br.run(&[&["restore", &set], &to[..], more].concat())
    };
    // Without the database, only what goes elsewhere is restored.
    let refused = map(&[]).code(3).says(&["inst_map_other"]).json();
    assert_eq!(each(&refused, "success"), [false, false, true]);
    assert!(refused[0]["error_message"].as_str().unwrap().contains("inst_map_other"));
    let restored = map(&["--create-database", "--drop-existing"]).code(0).json();
    assert_eq!(each(&restored, "success"), [true, true, true]);
    let targets = ["inst_map_other.inst_map_a", "inst_map_other.inst_map_b", "inst_map_back"];
    assert_eq!(each(&restored, "target_collection_name"), targets);
    for name in ["inst_map_a", "inst_map_b"] {
        let before = Snapshot::in_database(kind, &database, name);
        before.assert_same(&Snapshot::in_database(kind, "inst_map_other", name));
    }
    Snapshot::of(kind, "inst_map_home").assert_same(&Snapshot::of(kind, "inst_map_back"));

    br.run(&["restore", &set, "--map", "*=same"]).code(2).says(&["same"]);
    br.run(&["restore", &set, "--map", "nothing=same"]).code(2).says(&["nothing=same"]);
    br.run(&["restore", &set, "--only", "nothing"]).code(2).says(&["nothing", "inst_map_home"]);
    br.run(&["restore", &set, "--to", "one"]).code(2).says(&["omitted with a set"]);
    let member = br.listed()[0].clone();
    br.run(&["restore", &member, "--only", "x"]).code(2);
    forget_all(kind, "inst_map", "inst_map_other");
    forget_all(kind, "inst_map", &database);
}

fn members_come_back_to_their_own_places(kind: ServerKind) {
    let database = three(kind, "inst_own");
    let before = Snapshot::in_database(kind, &database, "inst_own_b");
    let br = MilvusBr::on(kind);
    let set = br.json(&["create", "*.inst_own_*"])[0]["set_id"].as_str().unwrap().to_owned();
    drop_in(kind, &database, "inst_own_b");
    // The others exist: they are refused, and left as they are.
    let outcome = br.run(&["restore", &set, "--json"]).code(3).says(&["exists"]);
    assert_eq!(each(&outcome.json(), "success"), [false, false, true]);
    before.assert_same(&Snapshot::in_database(kind, &database, "inst_own_b"));
    drop_in(kind, &database, "inst_own_a");
    let one = br.json(&["restore", &set, "--only", "*_a", "--db", "default"]);
    assert_eq!(each(&one, "rows_restored"), [20]);
    assert_eq!(one[0]["target_collection_name"], json!(format!("{database}.inst_own_a")));
    assert!(names(kind, &database).contains(&"inst_own_a".to_owned()));
    forget_all(kind, "inst_own", &database);
}
