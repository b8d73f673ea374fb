//! An interrupted create is resumed from the data files that were complete, or refused with the reason.

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    backup_files::BackupFiles,
    collections::{Plain, forget},
    comparison::Snapshot,
    milvus_br::MilvusBr,
    root::Place,
};

on_both_servers_and_a_store!(after_a_kill, refused);

/// Kills a create once it has completed some data files, and returns the identifier of what it left.
fn cut_off(br: &MilvusBr, name: &str) -> String {
    let create = [name, "--chunk-size", "1MB", "--concurrency", "1", "--compression", "none"];
    assert!(br.start_completing(&create, 3).kill(), "the create had ended");
    br.unfinished()
}

fn after_a_kill(kind: ServerKind, place: Place) {
    let (name, restored) = (&*place.named("resume_slow"), &*place.named("resume_restored"));
    let rows = Plain::on(kind, name).partition("_default", 10_000).partition("p1", 2000).dim(128).make();
    let br = MilvusBr::over_slow_link(kind).placed(place);
    let id = cut_off(&br, name);
    assert!(br.listed().is_empty());
    let files = BackupFiles::find(&br, &id);
    let first = "data/%5Fdefault.parquet";
    let kept = files.version(first);
    // A file that is complete, but is not what was noted of it.
    let second = "data/%5Fdefault.00001.parquet";
    let mut bytes = files.read(second);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    files.write(second, &bytes);

    let result = br.json(&["create", "--resume", &id[..20]]);
    assert_eq!(result["backup_id"], id.as_str(), "{result}");
    assert_eq!(result["row_count"], rows, "{result}");
    assert!(result["limitations"].to_string().contains("interrupted and resumed"), "{result}");
    assert_eq!(br.listed(), std::slice::from_ref(&id));
    assert_eq!(files.version(first), kept, "a file that was complete was written again");
    assert!(files.names().iter().all(|file| !file.starts_with("unfinished")), "{:?}", files.names());
    if place == Place::Directory {
        assert!(!files.directory().join("unfinished").exists());
    }
    assert_eq!(br.files().uploads(), Vec::<String>::new());
    br.run(&["verify", &id]).code(0);
    br.restore(&id, restored, &[]);
    Snapshot::of(kind, name).assert_same(&Snapshot::of(kind, restored));

    br.run(&["create", "--resume", &id, "--json"]).code(15).says(&["complete"]);
    br.run(&["create", "--resume", "20200101T000000Z-00000000", "--json"]).code(10);
    forget(kind, &[name, restored]);
}

fn refused(kind: ServerKind, place: Place) {
    let name = &*place.named("resume_refused");
    Plain::on(kind, name).partition("_default", 10_000).dim(128).make();
    let br = MilvusBr::over_slow_link(kind).placed(place);
    let id = cut_off(&br, name);
    let before = br.everything();
    br.run(&["create", "--resume", &id, "--chunk-size", "2MB", "--json"]).code(15).says(&["chunk size"]);
    br.run(&["create", "--resume", &id, "--compression", "zstd", "--json"]).code(15).says(&["compression"]);
    br.run(&["create", "other", "--resume", &id, "--json"]).code(15).says(&[name]);
    // Another collection of the same name.
    forget(kind, &[name]);
    Plain::on(kind, name).partition("_default", 10).dim(16).make();
    br.run(&["create", "--resume", &id, "--json"]).code(15).says(&["schema"]);
    let data = |files: &[String]| files.iter().filter(|file| file.contains("/data/")).cloned().collect::<Vec<_>>();
    assert_eq!(data(&br.everything()), data(&before), "a refusal changed what was written");
    br.run(&["prune", "--incomplete", "--yes"]).code(0);
    assert_eq!((br.everything(), br.files().uploads()), (Vec::new(), Vec::new()));
    forget(kind, &[name]);
}
