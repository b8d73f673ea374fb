//! What backups are called, and how one is found: names, tags, prefixes, @latest, databases, several at once.

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    backup_files::{BackupFiles, everything_below},
    collections::{Plain, names},
    comparison::Snapshot,
    milvus_br::MilvusBr,
};
use serde_json::json;

on_both_servers!(finding_a_backup, several_collections, another_database);

fn finding_a_backup(kind: ServerKind) {
    Plain::on(kind, "name_one").partition("_default", 10).make();
    let br = MilvusBr::on(kind);
    let first = br.create(&["name_one", "--name", "before the move", "--tag", "keep", "--tag", "übung"]);
    let second = br.create(&["name_one"]);
    let id_of = |text: &str| br.json(&["show", text])["backup_id"].as_str().unwrap().to_owned();

    let shown = br.json(&["show", "before the move"]);
    assert_eq!(shown["backup_id"], first);
    assert_eq!(shown["tags"], json!(["keep", "übung"]));
    assert_eq!(shown["collection_name"], "name_one");
    assert_eq!(id_of("name_one@latest"), second);
    assert_eq!(id_of(&first), first);
    assert_eq!(id_of(&second[..second.len() - 1]), second);
    assert_eq!(br.listed(), [second.as_str(), first.as_str()], "newest first");
    let name = br.json(&["show", &second])["backup_name"].as_str().unwrap().to_owned();
    assert!(name.starts_with("name_one_20") && id_of(&name) == second, "{name}");
    br.run(&["show", "name_two@latest", "--json"]).code(10).error();
    br.run(&["show", &first[..3], "--json"]).code(10).error();

    let human = br.run(&["show", &first]).code(0).stdout;
    assert!(["before the move", "name_one", &first, "keep, übung"].iter().all(|text| human.contains(text)), "{human}");
    br.run(&["verify", "before the move"]).code(0);
    br.restore("name_one@latest", "name_one_copy", &[]);
    Snapshot::of(kind, "name_one").assert_same(&Snapshot::of(kind, "name_one_copy"));
}

fn several_collections(kind: ServerKind) {
    for name in ["name_a", "name_b"] {
        Plain::on(kind, name).partition("_default", 10).make();
    }
    let br = MilvusBr::on(kind);
    let results = br.json(&["create", "name_a", "name_b"]);
    let of = |field: &str| results.as_array().unwrap().iter().map(|r| r[field].clone()).collect::<Vec<_>>();
    assert_eq!(of("collection_name"), ["name_a", "name_b"]);
    assert_eq!(of("success"), [true, true]);
    assert_eq!(of("row_count"), [10, 10]);

    let outcome = br.run(&["create", "name_a", "name_unknown", "name_b", "--json"]).code(10).says(&["name_unknown"]);
    let results = outcome.json();
    let succeeded: Vec<bool> = results.as_array().unwrap().iter().map(|r| r["success"].as_bool().unwrap()).collect();
    assert_eq!(succeeded, [true, false, true], "one failure keeps none of the others back");
    assert!(results[1]["error_message"].as_str().unwrap().contains("name_unknown"));
    assert_eq!(br.listed().len(), 4);
}

fn another_database(kind: ServerKind) {
    let db = "name_shop";
    Plain::on(kind, "name_items").database(db).partition("_default", 10).make();
    Plain::on(kind, "name_items").partition("_default", 20).seed(2).make();
    let br = MilvusBr::on(kind);
    let backup = br.create(&["name_items", "--db", db]);
    let files = everything_below(&br.root());
    assert!(files.iter().all(|file| file.starts_with("name_shop.name_items/")), "{files:?}");
    assert_eq!(BackupFiles::find(&br, &backup).json("metadata.json")["database"], db);
    assert_eq!(br.json(&["list", "name_items", "--db", db]).as_array().unwrap().len(), 1);
    assert_eq!(br.json(&["list", "name_items"]), json!([]));
    assert_eq!(br.json(&["--db", db, "show", "name_items@latest"])["row_count"], 10);

    br.restore(&backup, "name_items_copy", &["--db", db]);
    assert!(names(kind, db).contains(&"name_items_copy".to_owned()));
    assert!(!names(kind, "").contains(&"name_items_copy".to_owned()));
    let before = Snapshot::in_database(kind, db, "name_items");
    before.assert_same(&Snapshot::in_database(kind, db, "name_items_copy"));
    // A restore goes to the database that is named now, not to the one of the backup.
    br.restore(&backup, "name_items_moved", &[]);
    before.assert_same_rows(&Snapshot::of(kind, "name_items_moved"));
    br.run(&["create", "name_items", "--db", "name_nowhere", "--json"]).code(10).error();
}
