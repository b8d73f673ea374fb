//! The golden repositories of every released format version: verified and restored by the command of today.
//!
//! `tests/compat/v1/KIND/root` was written by `milvus-br` against that kind of server, and `expected.json` is what the
//! outside witness saw in the collection then. They are never written again once version 1 is released.

use std::{
    fs,
    path::{Path, PathBuf},
};

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    collections::{Key, everything, forget},
    comparison::Snapshot,
    milvus_br::MilvusBr,
};

on_both_servers!(version_1);

const NAME: &str = "golden";

fn directory(made_with: ServerKind) -> PathBuf {
    let kind = if made_with == ServerKind::Milvus235 { "milvus-2.3.5" } else { "lite-3.2.2" };
    Path::new(env!("CARGO_MANIFEST_DIR")).join("compat/v1").join(kind)
}

/// Golden backups of both kinds of server come back on this one.
fn version_1(kind: ServerKind) {
    for made_with in [ServerKind::Milvus235, ServerKind::Lite322] {
        let golden = directory(made_with);
        let expected: Snapshot = serde_json::from_slice(&fs::read(golden.join("expected.json")).unwrap()).unwrap();
        let br = MilvusBr::on(kind);
        copy(&golden.join("root"), &br.root());
        assert_eq!(br.listed().len(), 2);
        for id in br.listed() {
            br.run(&["verify", &id]).code(0);
        }
        let target = format!("compat_{made_with:?}").to_lowercase();
        if made_with == kind {
            br.restore("golden@latest", &target, &[]);
            expected.assert_same(&Snapshot::of(kind, &target));
        } else {
            // Milvus Lite has no Trie, so indexes stay behind.
            br.restore("golden@latest", &target, &["--no-indexes"]);
            expected.assert_same_values(&Snapshot::of(kind, &target));
        }
        forget(kind, &[&target]);
    }
}

/// Writes the golden repositories. By hand, and only before version 1 is released:
/// `cargo test -p milvus-backup-tests --test e2e -- --ignored write_version_1`
#[test]
#[ignore = "writes tests/compat"]
fn write_version_1() {
    for kind in [ServerKind::Milvus235, ServerKind::Lite322] {
        everything(kind, NAME, Key::Int64, 40);
        let expected = Snapshot::of(kind, NAME);
        let br = MilvusBr::on(kind);
        br.create(&[NAME, "--name", "before the move", "--tag", "keep", "--partition", "alpha"]);
        br.create(&[NAME, "--no-verify"]);
        let golden = directory(kind);
        drop(fs::remove_dir_all(&golden));
        copy(&br.root(), &golden.join("root"));
        fs::write(golden.join("expected.json"), serde_json::to_vec_pretty(&expected).unwrap()).unwrap();
        forget(kind, &[NAME]);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
