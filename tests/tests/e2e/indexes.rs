//! Backups and restores without indexes, and what happens to a collection that is not loaded.

use milvus_backup_testkit::{ServerKind, shared};
use milvus_backup_tests::{
    backup_files::BackupFiles,
    collections::{Plain, change, forget, names},
    comparison::Snapshot,
    milvus_br::MilvusBr,
    scripts::ask,
};
use serde_json::json;

on_both_servers!(left_out_of_the_backup, left_out_of_the_restore, a_collection_without_one, load_state_is_kept);

fn left_out_of_the_backup(kind: ServerKind) {
    Plain::on(kind, "idx_unsaved").partition("_default", 20).make();
    let before = Snapshot::of(kind, "idx_unsaved");
    let br = MilvusBr::on(kind);
    let backup = br.create(&["idx_unsaved", "--no-indexes"]);
    let files = BackupFiles::find(&br, &backup).names();
    assert!(!files.iter().any(|name| name.starts_with("indexes/")), "{files:?}");
    let result = br.restore(&backup, "idx_unsaved_copy", &[]);
    assert_eq!(result["indexes_restored"], 0);
    let after = Snapshot::of(kind, "idx_unsaved_copy");
    assert_eq!(after.definition["indexes"], json!([]));
    assert_eq!(after.definition["schema"], before.definition["schema"]);
    before.assert_same_rows(&after);
}

fn left_out_of_the_restore(kind: ServerKind) {
    Plain::on(kind, "idx_unwanted").partition("_default", 20).make();
    let before = Snapshot::of(kind, "idx_unwanted");
    let br = MilvusBr::on(kind);
    let backup = br.create(&["idx_unwanted"]);
    assert_eq!(br.restore(&backup, "idx_bare", &["--no-indexes"])["indexes_restored"], 0);
    let after = Snapshot::of(kind, "idx_bare");
    assert_eq!(after.definition["indexes"], json!([]));
    before.assert_same_rows(&after);
    assert_eq!(br.restore(&backup, "idx_loaded", &["--load"])["indexes_restored"], 1);
    assert!(is_loaded(kind, "idx_loaded"));
}

/// Milvus 2.3.5 cannot load a collection without an index, and so cannot read it: a clear refusal, nothing written.
fn a_collection_without_one(kind: ServerKind) {
    Plain::on(kind, "idx_none").partition("_default", 20).without_index().make();
    let br = MilvusBr::on(kind);
    if kind == ServerKind::Milvus235 {
        let error = br.run(&["create", "idx_none", "--json"]).code(15).error();
        assert!(error["hint"].as_str().unwrap().contains("index"), "{error}");
        assert_eq!(br.listed(), Vec::<String>::new());
        return;
    }
    let backup = br.create(&["idx_none"]);
    br.restore(&backup, "idx_none_copy", &[]);
    let (before, after) = (Snapshot::of(kind, "idx_none"), Snapshot::of(kind, "idx_none_copy"));
    assert_eq!(before.definition["indexes"], json!([]));
    before.assert_same(&after);
}

fn load_state_is_kept(kind: ServerKind) {
    Plain::on(kind, "idx_released").partition("_default", 20).released().make();
    let br = MilvusBr::on(kind);
    assert!(!is_loaded(kind, "idx_released"));
    let error = br.run(&["create", "idx_released", "--load", "never", "--json"]).code(15).error();
    assert!(error["hint"].as_str().unwrap().contains("--load auto"), "{error}");
    assert!(!is_loaded(kind, "idx_released"));

    let created = br.json(&["create", "idx_released"]);
    assert_eq!(created["row_count"], 20);
    assert_eq!(created["metadata"]["was_loaded"], false);
    assert!(!is_loaded(kind, "idx_released"), "it was loaded for the backup, and not released");

    Plain::on(kind, "idx_kept").partition("_default", 20).make();
    assert_eq!(br.json(&["create", "idx_kept"])["metadata"]["was_loaded"], true);
    assert!(is_loaded(kind, "idx_kept"), "it was loaded before the backup");
}

fn is_loaded(kind: ServerKind, collection: &str) -> bool {
    let script = "
from pymilvus import MilvusClient
state = MilvusClient(given['uri']).get_load_state(given['collection'])['state']
print(json.dumps(state.name == 'Loaded'))
";
    ask(script, &json!({ "uri": shared(kind).unwrap().uri(), "collection": collection }))
}

/// Milvus Lite keeps an HNSW index without its build parameters; Milvus 2.3.5 takes none without them.
#[test]
fn one_that_the_target_refuses_is_found_before_rows_go_in() {
    let name = "idx_hnsw";
    let lite = MilvusBr::on(ServerKind::Lite322);
    Plain::on(ServerKind::Lite322, name).partition("_default", 20).without_index().make();
    let statements = "
index = client.prepare_index_params()
index.add_index('vector', index_type='HNSW', metric_type='COSINE', params={})
client.create_index('idx_hnsw', index)";
    change(&shared(ServerKind::Lite322).unwrap().uri(), statements);
    let backup = lite.create(&[name]);
    let milvus = MilvusBr::on(ServerKind::Milvus235).with_root(&lite.root());
    let restore = ["restore", &backup, "--to", "idx_hnsw_copy", "--progress", "json", "--json"];
    let refused = milvus.run(&restore).code(15).says(&["Milvus refused the index of field `vector`", "--no-indexes"]);
    assert!(!refused.stderr.contains("\"rows\":20"), "rows were inserted: {refused:#?}");
    let left = names(ServerKind::Milvus235, "").into_iter().find(|name| name.contains("idx_hnsw_copy"));
    assert_eq!(left, None);
    let bare = milvus.json(&["restore", &backup, "--to", "idx_hnsw_copy", "--no-indexes"]);
    assert_eq!(bare["rows_restored"], 20);
    milvus.run(&["restore", &backup, "--to", "idx_hnsw_load", "--no-indexes", "--load"]).code(15).says(&["no index"]);
    forget(ServerKind::Lite322, &[name]);
    forget(ServerKind::Milvus235, &["idx_hnsw_copy"]);
}
