//! Archives: a backup in one file, or in a pipe.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::command::{FULL, PART, Sandbox};
use crate::copy::contents;

/// The files of a backup that every copy of it has.
fn files(sandbox: &Sandbox, root: &str) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut files = contents(&sandbox.path(root).join("golden").join(FULL));
    files.remove("verification.json");
    files
}

/// Runs a line of the shell, in which the command is on the path.
fn shell(sandbox: &Sandbox, line: &str) -> std::process::Output {
    let directory = Path::new(env!("CARGO_BIN_EXE_milvus-br")).parent().unwrap();
    Command::new("bash")
        .args(["-c", &format!("set -o pipefail; {line}")])
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", directory.display()))
        .env("MILVUS_BR_ROOT", "root")
        .env("HOME", sandbox.path(""))
        .current_dir(sandbox.path(""))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn a_backup_is_equal_after_a_file_of_each_compression() {
    for extension in ["tar.zst", "tar.lz4", "tar.gz"] {
        let sandbox = Sandbox::golden();
        let name = format!("golden.{extension}");
        let exported = sandbox.run(&["export", "golden@latest", "--archive", &name]);
        assert_eq!(exported.exit_code, 0, "{}", exported.stderr);
        assert!(exported.stdout.starts_with(&format!("{FULL}  golden  copied to {name}: ")), "{}", exported.stdout);
        let imported = sandbox.run(&["import", &name, "--root", "other", "--json"]);
        assert_eq!(imported.exit_code, 0, "{}", imported.stderr);
        let imported: Value = serde_json::from_str(&imported.stdout).unwrap();
        assert_eq!((imported["backup_id"].as_str(), imported["source"].as_str()), (Some(FULL), Some(name.as_str())));
        assert_eq!(files(&sandbox, "other"), files(&sandbox, "root"));
        assert_eq!(sandbox.run(&["verify", FULL, "--root", "other"]).exit_code, 0);
        let again = sandbox.run(&["import", &name, "--root", "other"]);
        assert!(again.stdout.contains("already in other"), "{}", again.stdout);
    }
}

#[test]
fn an_archive_goes_through_a_pipe() {
    for codec in ["zstd", "lz4", "gzip"] {
        let sandbox = Sandbox::golden();
        let line = format!(
            "milvus-br export {FULL} --archive - --archive-codec {codec} | milvus-br import - --root other --json"
        );
        let output = shell(&sandbox, &line);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap()["source"], "-");
        assert_eq!(files(&sandbox, "other"), files(&sandbox, "root"));
    }
}

/// What the tools of the system make of an archive.
#[test]
fn others_read_an_archive() {
    let sandbox = Sandbox::golden();
    sandbox.run(&["export", FULL, "--archive", "golden.tar.gz"]);
    let output =
        shell(&sandbox, &format!("tar -xzf golden.tar.gz && mkdir -p other/golden && mv {FULL} other/golden/"));
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    assert_eq!(files(&sandbox, "other"), files(&sandbox, "root"));
}

#[test]
fn an_archive_is_the_same_whenever_it_is_written() {
    let sandbox = Sandbox::golden();
    for name in ["a.tar.zst", "b.tar.zst"] {
        sandbox.run(&["export", FULL, "--archive", name]);
    }
    assert!(fs::read(sandbox.path("a.tar.zst")).unwrap() == fs::read(sandbox.path("b.tar.zst")).unwrap());
}

#[test]
fn nothing_is_kept_of_an_archive_that_is_damaged() {
    let sandbox = Sandbox::golden();
    sandbox.run(&["export", FULL, "--archive", "whole.tar.zst"]);
    let whole = fs::read(sandbox.path("whole.tar.zst")).unwrap();
    let damaged = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole.clone();
        edit(&mut bytes);
        bytes
    };
    let half = whole.len() / 2;
    for bytes in [
        damaged(&|bytes| bytes[half] ^= 1),
        damaged(&|bytes| bytes.truncate(half)),
        damaged(&|bytes| bytes.push(0)),
        b"no archive at all".to_vec(),
        Vec::new(),
    ] {
        fs::write(sandbox.path("damaged.tar.zst"), bytes).unwrap();
        let refused = sandbox.run(&["import", "damaged.tar.zst", "--root", "other"]);
        assert_eq!((refused.exit_code, refused.stdout.as_str()), (13, ""), "{}", refused.stderr);
        assert!(refused.stderr.contains("error: archive `damaged.tar.zst` is damaged: "), "{}", refused.stderr);
        assert!(!sandbox.path("other/golden").join(FULL).exists());
    }
}

/// Every member that a backup does not consist of, in the words of the command.
#[test]
fn a_hostile_archive_writes_nothing() {
    let sandbox = Sandbox::golden();
    sandbox.run(&["export", FULL, "--archive", "whole.tar.gz"]);
    for (edit, reason) in [
        ("ln -s /etc/passwd $ID/data/link; tar -rf a.tar $ID/data/link", "is not a regular file"),
        ("echo x > $ID/extra; tar -rf a.tar $ID/extra", "is not a file of the backup"),
        ("tar -rf a.tar $ID/schema.json", "is in it twice"),
        ("echo x > x; tar -rPf a.tar --transform 's|^x|../../x|' x", "is not a file of the backup"),
        ("echo x > x; tar -rPf a.tar --transform 's|^x|/tmp/milvus-br-x|' x", "is not a file of the backup"),
        ("tar -cf a.tar $FIRST $OTHERS", "`schema.json` is missing"),
        ("echo x >> $ID/schema.json; tar -cf a.tar $FIRST $OTHERS $ID/schema.json", "are recorded"),
        ("tar -cf a.tar $ID", "is not a regular file"),
    ] {
        let line = format!(
            "ID={FULL}; rm -rf $ID; gzip -dc whole.tar.gz > a.tar && tar -xf a.tar; \
             FIRST=\"$ID/metadata.json $ID/checksums.json\"; \
             OTHERS=$(find $ID -type f ! -name 'schema.json' ! -name 'metadata.json' ! -name 'checksums.json'); \
             {{ {edit}; }} && gzip -c a.tar > a.tar.gz"
        );
        let output = shell(&sandbox, &line);
        assert!(output.status.success(), "{edit}: {output:?}");
        let refused = sandbox.run(&["import", "a.tar.gz", "--root", "other"]);
        assert_eq!(refused.exit_code, 13, "{edit}: {}", refused.stderr);
        assert!(refused.stderr.contains(reason), "{edit}: {}", refused.stderr);
        assert!(!sandbox.path("other/golden").join(FULL).exists(), "{edit}");
        assert!(!sandbox.path("x.tar").exists() && !Path::new("/tmp/milvus-br-x").exists());
    }
}

#[test]
fn mistakes_are_found_before_anything_is_written() {
    let sandbox = Sandbox::golden();
    fs::write(sandbox.path("there.tar.zst"), "mine").unwrap();
    for (line, code) in [
        (&["export", FULL][..], 2),
        (&["export", FULL, "--archive", "a.zip"], 2),
        (&["export", FULL, "--archive", "a.tar.zst", "--to", "other"], 2),
        (&["export", FULL, "--archive", "a.tar.zst", "--name", "x"], 2),
        (&["export", FULL, "--archive", "a.tar.zst", "--archive-codec", "gzip"], 2),
        (&["export", FULL, "--archive", "-", "--json"], 2),
        (&["export", "golden@none", "--archive", "a.tar.zst"], 10),
        (&["export", FULL, "--archive", "there.tar.zst"], 15),
        (&["export", FULL, "--archive", "absent/a.tar.zst"], 17),
        (&["import", "absent.tar.zst"], 17),
    ] {
        assert_eq!(sandbox.run(line).exit_code, code, "{line:?}: {}", sandbox.run(line).stderr);
    }
    assert_eq!(fs::read(sandbox.path("there.tar.zst")).unwrap(), b"mine");
    let left: Vec<_> = fs::read_dir(sandbox.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_name_that_another_backup_has_is_refused() {
    let sandbox = Sandbox::golden();
    sandbox.run(&["export", FULL, "--archive", "a.tar.zst"]);
    let name = sandbox.run(&["show", FULL, "--json"]).stdout;
    let name: Value = serde_json::from_str(&name).unwrap();
    sandbox.run(&["copy", PART, "--to", "other"]);
    let twin =
        sandbox.add(PART, "2026-11-29T00:00:00Z", |metadata| metadata["backup_name"] = name["backup_name"].clone());
    let copied = sandbox.run(&["copy", &twin, "--to", "other"]);
    assert_eq!(copied.exit_code, 0, "{}", copied.stderr);
    let refused = sandbox.run(&["import", "a.tar.zst", "--root", "other"]);
    assert_eq!(refused.exit_code, 15, "{}", refused.stderr);
    assert!(refused.stderr.contains(&twin), "{}", refused.stderr);
}
