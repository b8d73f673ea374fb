//! A part of a collection is not the whole: it is neither its latest backup nor a replacement of it.

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    collections::{Plain, forget, names},
    comparison::Snapshot,
    milvus_br::MilvusBr,
};
use serde_json::json;

on_both_servers!(a_part_replaces_nothing_unasked, what_a_restore_leaves_out_is_told);

fn a_part_replaces_nothing_unasked(kind: ServerKind) {
    let name = "part_whole";
    Plain::on(kind, name).partition("_default", 40).partition("p1", 9).partition("p2", 7).make();
    let before = Snapshot::of(kind, name);
    let br = MilvusBr::on(kind);
    let whole = br.create(&[name]);
    let part = br.create(&[name, "--partition", "p1"]);
    let latest = br.json(&["show", &format!("{name}@latest")]);
    assert_eq!(latest["backup_id"], json!(whole), "a part is newer, and no backup of the collection");

    let some = ["restore", &whole, "--partition", "p1", "--drop-existing"];
    for restore in [&["restore", &part, "--drop-existing"][..], &some] {
        let refused = br.run(restore).code(15);
        refused.says(&["`part_whole` would be replaced by a part of one: partitions p1", "--replace-with-part"]);
    }
    before.assert_same(&Snapshot::of(kind, name));
    br.run(&["restore", &part, "--replace-with-part"]).code(2);

    br.run(&["restore", &part, "--drop-existing", "--replace-with-part"]).code(0);
    assert_eq!(Snapshot::of(kind, name).row_count(), 9);
    br.run(&["restore", &format!("{name}@latest"), "--drop-existing"]).code(0);
    before.assert_same(&Snapshot::of(kind, name));
    forget(kind, &[name]);
}

/// A restore of a partition that is damaged leaves what it was to replace, and one to a new name says what is missing.
fn what_a_restore_leaves_out_is_told(kind: ServerKind) {
    let (name, copy) = ("part_told", "part_told_copy");
    Plain::on(kind, name).partition("_default", 40).partition("p1", 9).make();
    let uri = milvus_backup_testkit::shared(kind).unwrap().uri();
    milvus_backup_tests::collections::change(&uri, &format!("client.create_alias('{name}', 'part_told_alias')"));
    let br = MilvusBr::on(kind);
    let backup = br.create(&[name]);
    let restored = br.run(&["restore", &backup, "--to", copy]).code(0);
    restored.says(&[
        "not restored: aliases of the collection (part_told_alias): restore with --with-aliases",
        "was loaded",
        "--load",
    ]);
    let json = br.json(&["restore", &backup, "--to", copy, "--drop-existing", "--no-indexes"]);
    let kinds: Vec<_> = json["not_restored"].as_array().unwrap().iter().map(|missing| &missing["kind"]).collect();
    assert_eq!(kinds, ["aliases", "indexes", "load_state"]);

    let files = milvus_backup_tests::backup_files::BackupFiles::find(&br, &backup);
    let mut data = files.read("data/p1.parquet");
    data[50] ^= 1;
    files.write("data/p1.parquet", &data);
    let lossy = ["restore", &backup, "--no-verify", "--skip-failed-partitions"];
    let replacing = [&lossy[..], &["--drop-existing"]].concat();
    br.run(&replacing).code(15).says(&["`part_told` would be replaced by a part of one: partitions _default"]);
    assert_eq!(Snapshot::of(kind, name).row_count(), 49);
    let elsewhere = [&lossy[..], &["--to", "part_told_rest"]].concat();
    br.run(&elsewhere).code(3).says(&["partition `p1` is missing or incomplete"]);
    assert!(!names(kind, "").iter().any(|name| name.starts_with("milvus_br_staging") && name.ends_with("part_told")));
    milvus_backup_tests::collections::change(&uri, "client.drop_alias('part_told_alias')");
    forget(kind, &[name, copy, "part_told_rest"]);
}
