//! Damage: no byte of a backup can change, vanish or be added without verify and restore saying so.

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    backup_files::BackupFiles,
    collections::{Plain, names},
    milvus_br::MilvusBr,
    root::Place,
};
use serde_json::{Value, json};

on_both_servers_and_a_store!(damaged_files, damaged_while_restoring, broken_among_good; edited_metadata);

/// A small backup with two data files.
fn small_backup(kind: ServerKind, place: Place, collection: &str) -> (MilvusBr, String, BackupFiles) {
    Plain::on(kind, collection).partition("_default", 30).partition("p1", 20).make();
    let br = MilvusBr::on(kind).placed(place);
    let backup = br.create(&[collection]);
    let files = BackupFiles::find(&br, &backup);
    (br, backup, files)
}

/// Where restores of damaged backups would go.
const TARGET: &str = "int_never";

/// Asserts that verify and restore both end with 13 and name the file.
fn assert_refused(br: &MilvusBr, backup: &str, file: &str, damage: &str) {
    let verified = br.run(&["verify", backup, "--no-fail-fast", "--json"]).code(13);
    let result = verified.json();
    assert_eq!(result["success"], false, "{damage} of {file}: {result}");
    let named = |errors: &Value| errors.as_array().unwrap().iter().any(|error| error["file"] == file);
    assert!(named(&result["errors"]), "{damage} of {file} is not named: {result}");

    let error = br.run(&["restore", backup, "--to", TARGET, "--json"]).code(13).error();
    assert!(
        error["failed_files"].as_array().unwrap().contains(&json!(file)),
        "{damage} of {file} is not named by restore: {error}"
    );
}

fn assert_nothing_restored(kind: ServerKind, target: &str) {
    let left: Vec<String> = names(kind, "").into_iter().filter(|name| name.contains(target)).collect();
    assert_eq!(left, Vec::<String>::new(), "a restore of a damaged backup left collections");
}

fn damaged_files(kind: ServerKind, place: Place) {
    let (br, backup, files) = small_backup(kind, place, &place.named("int_damaged"));
    let whole = files.content();
    let covered: Vec<String> = whole.keys().filter(|name| *name != "verification.json").cloned().collect();
    assert!(covered.len() >= 6 && files.data().len() == 2, "{covered:?}");
    for file in &covered {
        let bytes = &whole[file];
        let positions = [0, bytes.len() / 2, 1, bytes.len() / 4, bytes.len() * 3 / 4, bytes.len() - 1];
        // In a store it is only whether damage is seen that could differ, and not where.
        for &position in if place == Place::Directory { &positions[..] } else { &positions[..2] } {
            let mut flipped = bytes.clone();
            flipped[position] ^= 1;
            files.write(file, &flipped);
            assert_refused(&br, &backup, file, &format!("a flipped bit at {position}"));
        }
        files.write(file, &bytes[..bytes.len() - 1]);
        assert_refused(&br, &backup, file, "truncation by one byte");
        files.write(file, &[bytes.as_slice(), b" "].concat());
        assert_refused(&br, &backup, file, "one byte more");
        if file != "metadata.json" {
            files.remove(file);
            assert_refused(&br, &backup, file, "absence");
        }
        files.put_back(&whole);
    }
    for extra in ["data/p2.parquet", "extra.json", "indexes/other.json"] {
        files.write(extra, b"{}");
        assert_refused(&br, &backup, extra, "an extra file");
        files.put_back(&whole);
    }
    assert_nothing_restored(kind, TARGET);
    br.run(&["verify", &backup]).code(0);
    files.write("verification.json", b"nonsense");
    br.run(&["show", &backup]).code(0);
    br.run(&["verify", &backup]).code(0);
    files.remove("metadata.json");
    assert_eq!(br.listed(), Vec::<String>::new(), "no metadata.json, no backup");
    br.run(&["verify", &backup]).code(10);
}

fn edited_metadata(kind: ServerKind, place: Place) {
    let (br, backup, files) = small_backup(kind, place, &place.named("int_edited"));
    let whole = files.content();
    let metadata = files.json("metadata.json");
    for (pointer, value) in [
        ("/row_count", json!(51)),
        ("/backup_name", json!("another")),
        ("/collection_name", json!("int_other")),
        ("/created_at", json!("2001-01-01T00:00:00Z")),
        ("/state", json!("PARTIALLY_COMPLETED")),
        ("/tags", json!(["mine"])),
        ("/checksum", json!("0".repeat(64))),
        ("/manifest_checksum", json!("0".repeat(64))),
        ("/lease_epoch", json!(7)),
        ("/digest", json!("0".repeat(64))),
    ] {
        let mut edited = metadata.clone();
        *edited.pointer_mut(pointer).unwrap() = value;
        files.write("metadata.json", &serde_json::to_vec_pretty(&edited).unwrap());
        assert_refused(&br, &backup, "metadata.json", &format!("an edit of {pointer}"));
        br.run(&["show", &backup, "--json"]).code(13).error();
        files.put_back(&whole);
    }
    let manifest = files.json("manifest.json");
    for (pointer, value) in [
        ("/kind", json!("milvus-backup")),
        ("/partitions/0/row_count", json!(0)),
        ("/partitions/0/chunks/0/path", json!("data/p1.parquet")),
        ("/partitions/0/chunks/0/path", json!("../../../etc/passwd")),
    ] {
        let mut edited = manifest.clone();
        *edited.pointer_mut(pointer).unwrap() = value;
        files.write("manifest.json", &serde_json::to_vec_pretty(&edited).unwrap());
        assert_refused(&br, &backup, "manifest.json", &format!("an edit of {pointer}"));
        br.run(&["show", &backup, "--json"]).code(13).error();
        files.put_back(&whole);
    }
    assert_nothing_restored(kind, TARGET);
    let mut newer = metadata.clone();
    newer["format_version"] = json!(99);
    files.write("metadata.json", &serde_json::to_vec_pretty(&newer).unwrap());
    for command in ["show", "verify", "restore"] {
        br.run(&[command, &backup, "--json"]).code(1).says(&["99"]).error();
    }
}

/// `--no-verify` saves the time of reading everything first; it does not let damage through.
fn damaged_while_restoring(kind: ServerKind, place: Place) {
    let target = &*place.named("int_unseen");
    let (br, backup, files) = small_backup(kind, place, &place.named("int_unverified"));
    let whole = files.content();
    for file in files.data() {
        let mut flipped = whole[&file].clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 1;
        files.write(&file, &flipped);
        let arguments = ["restore", &backup, "--to", target, "--no-verify", "--json"];
        let error = br.run(&arguments).code(13).error();
        assert!(error.to_string().contains(&file), "{file} is not named: {error}");
        assert_nothing_restored(kind, target);
        files.put_back(&whole);
    }
    br.restore(&backup, target, &["--no-verify"]);
}

fn broken_among_good(kind: ServerKind, place: Place) {
    let name = &*place.named("int_listed");
    let (br, first, _) = small_backup(kind, place, name);
    let damaged = br.create(&[name]);
    let third = br.create(&[name]);
    let files = BackupFiles::find(&br, &damaged);
    let mut bytes = files.read("metadata.json");
    bytes.truncate(bytes.len() / 2);
    files.write("metadata.json", &bytes);
    // Of a damaged backup only the second in its identifier is known, and the last one is to be the latest.
    let broken = format!("20260101T000000Z{}", &damaged["20260101T000000Z".len()..]);
    files.rename(&broken);

    for arguments in [&["list", "--json"][..], &["list", name, "--json"]] {
        let outcome = br.run(arguments).code(3).says(&[&broken]);
        let listed: Vec<String> =
            outcome.json().as_array().unwrap().iter().map(|b| b["backup_id"].as_str().unwrap().to_owned()).collect();
        let mut good = [first.clone(), third.clone()];
        good.sort();
        let mut sorted = listed.clone();
        sorted.sort();
        assert_eq!(sorted, good);
    }
    let table = br.run(&["list"]).code(3);
    assert!(table.stdout.contains(&first) && table.stdout.contains(&third) && !table.stdout.contains(&broken));
    br.run(&["verify", &format!("{name}@latest")]).code(0);
    br.run(&["delete", &broken, "--yes"]).code(0);
    br.run(&["list"]).code(0);
}
