//! A backup is plain Parquet: readers that are not ours say of its files what pymilvus says of the collection.

use std::collections::{BTreeMap, BTreeSet};

use milvus_backup_testkit::{ServerKind, shared};
use milvus_backup_tests::{
    backup_files::BackupFiles,
    collections::{Key, everything},
    comparison::Snapshot,
    milvus_br::MilvusBr,
    scripts::ask,
};
use serde_json::{Value, json};

on_both_servers!(any_reader_opens_the_files);

fn any_reader_opens_the_files(kind: ServerKind) {
    let name = "readers";
    everything(kind, name, Key::Int64, 3000);
    let snapshot = Snapshot::of(kind, name);
    let br = MilvusBr::on(kind);
    let files = BackupFiles::find(&br, &br.create(&[name]));
    assert_eq!(files.data().len(), 3, "one file for each partition");

    // The edges, and rows here and there.
    let here_and_there = snapshot.field("beta_2", "key").into_iter().step_by(97).map(|key| key.as_i64().unwrap());
    let keys: BTreeSet<i64> = [i64::MIN, i64::MAX - 1, 0, -1].into_iter().chain(here_and_there).collect();
    let given = json!({
        "uri": shared(kind).unwrap().uri(),
        "collection": name,
        "data": files.path("data"),
        "keys": keys,
    });
    let mut said: BTreeMap<String, Value> = ask(include_str!("../../scripts/read_files.py"), &given);
    let milvus = said.remove("pymilvus").unwrap();
    assert_eq!(milvus["rows"], json!(snapshot.row_count()));
    for (reader, answer) in said {
        for (fact, value) in answer.as_object().unwrap() {
            assert_eq!(value, &milvus[fact], "{fact} by {reader} and by pymilvus");
        }
    }
}
