//! A backup travels in an archive, from one repository to another, and is restored there.

use milvus_backup_testkit::{ServerKind, StoreKind};
use milvus_backup_tests::{collections::Plain, comparison::Snapshot, milvus_br::MilvusBr, root::Place};

on_both_servers!(each_compression);

fn each_compression(kind: ServerKind) {
    Plain::on(kind, "arc_words").partition("_default", 300).partition("p1", 50).make();
    let original = Snapshot::of(kind, "arc_words");
    let here = MilvusBr::on(kind);
    let id = here.create(&["arc_words", "--tag", "moved"]);
    for (number, extension) in ["tar.zst", "tar.lz4", "tar.gz"].into_iter().enumerate() {
        let archive = here.scratch().join(format!("words.{extension}"));
        let archive = archive.to_str().unwrap();
        let exported = here.json(&["export", &id, "--archive", archive]);
        assert_eq!(exported["success"], true, "{exported}");
        let there = MilvusBr::on(kind);
        assert_eq!(there.json(&["import", archive])["backup_id"], id.as_str());
        assert_eq!(there.listed(), [id.as_str()]);
        there.run(&["verify", &id]).code(0);
        let target = format!("arc_words_{number}");
        there.restore(&id, &target, &[]);
        original.assert_same(&Snapshot::of(kind, &target));
    }
}

#[test]
fn an_archive_into_and_out_of_a_store() {
    let kind = ServerKind::Lite322;
    Plain::on(kind, "arc_store").partition("_default", 2000).make();
    let here = MilvusBr::on(kind);
    let id = here.create(&["arc_store"]);
    let first = here.scratch().join("first.tar.zst");
    let second = here.scratch().join("second.tar.zst");
    here.run(&["export", &id, "--archive", first.to_str().unwrap()]).code(0);
    let there = MilvusBr::on(kind).placed(Place::Store(StoreKind::SeaweedFs));
    there.run(&["import", first.to_str().unwrap()]).code(0);
    there.run(&["verify", &id]).code(0);
    there.run(&["export", &id, "--archive", second.to_str().unwrap()]).code(0);
    assert!(std::fs::read(first).unwrap() == std::fs::read(second).unwrap());
}
