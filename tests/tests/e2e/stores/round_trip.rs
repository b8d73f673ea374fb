//! Every command on each store: what comes back equals what went in, and what is deleted leaves nothing.

use milvus_backup_testkit::StoreKind;
use milvus_backup_tests::{
    collections::{Key, Plain, everything, forget},
    comparison::Snapshot,
    milvus_br::MilvusBr,
    root::Place,
};
use serde_json::json;

use super::bench::LITE;

in_each_store!(comes_back, hostile_names);

fn comes_back(kind: StoreKind) {
    let place = Place::Store(kind);
    let (name, copy) = (&*place.named("store_source"), &*place.named("store_copy"));
    everything(LITE, name, Key::Int64, 2_000);
    let before = Snapshot::of(LITE, name);
    let br = MilvusBr::on(LITE).placed(place);
    let first = br.create(&[name, "--chunk-size", "64KB", "--tag", "keep"]);
    let second = br.create(&[name]);

    let br = br.disconnected();
    assert_eq!(br.listed(), [&*second, &*first]);
    let shown = br.json(&["show", &first[..first.len() - 1]]);
    assert_eq!((&shown["backup_id"], &shown["tags"]), (&json!(first), &json!(["keep"])));
    br.run(&["verify", &first]).code(0);
    br.run(&["verify", &first, "--mode", "quick", "--sample", "100"]).code(0);
    assert_eq!(br.json(&["show", &first])["verification"]["verification_type"], "QUICK");

    let br = br.connected(LITE);
    br.restore(&first, copy, &[]);
    before.assert_same(&Snapshot::of(LITE, copy));
    br.restore(&second, copy, &["--drop-existing", "--yes"]);

    let prune = ["prune", name, "--keep-count", "1", "--keep-days", "0", "--min-keep", "1", "--yes"];
    assert_eq!(br.json(&prune)["deleted_backup_ids"], json!([first]));
    assert_eq!(br.listed(), [&*second]);
    br.run(&["delete", &second, "--yes"]).code(0);
    assert_eq!((br.everything(), br.files().uploads()), (Vec::new(), Vec::new()));
    forget(LITE, &[name, copy]);
}

/// Names that a URL, a signature or a listing could be made to misread.
fn hostile_names(kind: StoreKind) {
    let place = Place::Store(kind);
    let br = MilvusBr::on(LITE).placed(place);
    let names = ["a b", "100%25", "ü+&=?", "x~y!*'()", "ends#1", "日本語"].map(|name| place.named(name));
    for name in &names {
        let made = Plain::on(LITE, name).partition("_default", 20).make();
        let backup = br.create(&[&literal(name)]);
        let shown = br.json(&["show", &format!("{name}@latest")]);
        assert_eq!((&shown["backup_id"], &shown["row_count"]), (&json!(backup), &json!(made)), "{name}");
    }
    assert_eq!(br.listed().len(), names.len());
    for name in &names {
        let listed = br.json(&["list", name]);
        assert_eq!(listed.as_array().unwrap().len(), 1, "{name}: {listed}");
        let backup = listed[0]["backup_id"].as_str().unwrap().to_owned();
        br.run(&["verify", &backup]).code(0);
        br.run(&["delete", &backup, "--yes"]).code(0);
    }
    assert_eq!(br.everything(), Vec::<String>::new());
    forget(LITE, &names.each_ref().map(String::as_str));
}

/// The name with wildcards escaped: without, it would be a pattern.
fn literal(name: &str) -> String {
    name.chars().flat_map(|letter| ['*', '?'].contains(&letter).then_some('\\').into_iter().chain([letter])).collect()
}
