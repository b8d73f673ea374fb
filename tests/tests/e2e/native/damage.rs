//! Files of a native backup that were damaged, exchanged or removed: verification names them, and nothing reaches Milvus.

use milvus_backup_testkit::shared;
use milvus_backup_tests::{
    backup_files::BackupFiles,
    collections::{Plain, change, forget},
};

use super::support::{MILVUS, Native};

/// The exit code for damage.
const INTEGRITY: i32 = 13;

/// The log files of a backup.
fn logs(files: &BackupFiles) -> Vec<String> {
    files.data().into_iter().filter(|file| file.contains("/binlogs/")).collect()
}

#[test]
fn damage_is_named_and_nothing_is_sent_to_milvus() {
    let (name, target) = ("native_damaged", "native_damaged_2");
    Plain::on(MILVUS, name).partition("_default", 300).partition("p1", 200).make();
    let delete = format!("client.delete('{name}', filter='id >= 0 and id < 10')");
    change(&shared(MILVUS).unwrap().uri(), &delete);
    let native = Native::new();
    let (backup, other) = (native.br.create(&[name]), native.br.create(&[name]));
    let (files, others) = (BackupFiles::find(&native.br, &backup), BackupFiles::find(&native.br, &other));
    let whole = files.content();
    let (logs, meta) = (logs(&files), files.data().into_iter().find(|file| file.ends_with("full_meta.json")).unwrap());
    let deletes = logs.iter().find(|log| log.contains("/delta_log/")).unwrap().clone();
    let (first, last) = (logs[0].clone(), logs[logs.len() - 1].clone());
    let flipped = |file: &str| {
        let mut bytes = files.read(file);
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        files.write(file, &bytes);
    };
    let damages: [(&str, &str, &dyn Fn()); 6] = [
        ("flipped", &first, &|| flipped(&first)),
        ("missing", &deletes, &|| files.remove(&deletes)),
        ("cut", &last, &|| files.write(&last, &files.read(&last)[..8])),
        ("edited", &meta, &|| {
            let text = String::from_utf8(files.read(&meta)).unwrap().replacen("num_of_rows\":", "num_of_rows\":1", 1);
            files.write(&meta, text.as_bytes());
        }),
        ("exchanged", &first, &|| files.write(&first, &files.read(&last))),
        ("of another backup", &meta, &|| {
            let theirs = others.data().into_iter().find(|file| file.ends_with("full_meta.json")).unwrap();
            files.write(&meta, &others.read(&theirs));
        }),
    ];
    for (what, file, damage) in damages {
        damage();
        for mode in ["checksum", "deep"] {
            let verified = native.br.run(&["verify", &backup, "--mode", mode]);
            assert_eq!(verified.exit_code, Some(INTEGRITY), "{what}, {mode}: {}", verified.stderr);
            assert!(verified.stderr.contains(file), "{what}, {mode}: {}", verified.stderr);
        }
        for method in ["auto", "insert"] {
            let restored = native.br.run(&["restore", &backup, "--to", target, "--method", method]);
            assert_eq!(restored.exit_code, Some(INTEGRITY), "{what}, {method}: {}", restored.stderr);
        }
        files.put_back(&whole);
    }
    let verified = native.br.json(&["verify", &backup, "--mode", "deep"]);
    assert_eq!(verified["success"], true, "{verified}");
    // Nothing was created under the name of the target.
    native.br.restore(&backup, target, &[]);
    forget(MILVUS, &[name, target]);
}

#[test]
fn what_the_tool_made_is_exported_and_adopted_with_the_digests_of_a_query() {
    let name = "native_exported";
    Plain::on(MILVUS, name).partition("_default", 300).partition("p1", 200).make();
    change(&shared(MILVUS).unwrap().uri(), &format!("client.delete('{name}', filter='id >= 0 and id < 10')"));
    let native = Native::new();
    let backup = native.br.create(&[name]);
    let queried = native.br.create(&[name, "--storage", "local", "--source", "query", "--name", "queried"]);
    let root = native.br.root();
    let exported = native.br.json(&["export", &backup, "--to", root.to_str().unwrap(), "--name", "exported"]);
    let exported = exported["backup_id"].as_str().unwrap().to_owned();
    let digests = |id: &str| {
        let manifest = BackupFiles::find(&native.br, id).json("manifest.json");
        let partitions = manifest["partitions"].as_array().unwrap().iter();
        let facts = partitions.map(|found| (found["row_count"].clone(), found["row_digest"].clone()));
        facts.collect::<Vec<_>>()
    };
    assert_eq!(digests(&exported), digests(&queried));

    // The directory `data` of a native backup is a root of the tool.
    let of_tool = BackupFiles::find(&native.br, &backup).path("data");
    let of_tool = of_tool.to_str().unwrap();
    let foreign = native.br.json(&["list", "--foreign", of_tool]);
    let found = foreign[0]["name"].as_str().unwrap();
    assert_eq!(foreign[0]["collections"][0], format!("default.{name}"), "{foreign}");
    let adopted = native.br.json(&["adopt", found, "--from", of_tool, "--name", "adopted"]);
    assert_eq!(adopted["row_count"], native.br.json(&["show", &backup])["row_count"], "{adopted}");
    let verified = native.br.json(&["verify", adopted["backup_id"].as_str().unwrap(), "--mode", "deep"]);
    assert_eq!(verified["success"], true, "{verified}");
    forget(MILVUS, &[name]);
}
