//! A disk that is too small, and one that fills up meanwhile: exit code 16, and nothing is left. A disk that can only be
//! read: backups on it are listed, verified and restored, and nothing else.
//!
//! The disk is a small tmpfs in a mount namespace of its own, which takes a kernel that lets users make one. Where it
//! does not, there is nothing to test.

use std::process::{Command, Stdio};

use milvus_backup_testkit::{ServerKind, shared};
use milvus_backup_tests::{
    collections::{Plain, forget},
    comparison::Snapshot,
    milvus_br::{MilvusBr, binary},
};
use serde_json::Value;

on_both_servers!(too_small, full_meanwhile, read_only);

/// Runs a script of the shell with `$ROOT` on a tmpfs of this size, and returns its exit code and standard output.
fn on_tmpfs(kind: ServerKind, br: &MilvusBr, size: &str, script: &str) -> Option<(i32, String)> {
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", script]).stdin(Stdio::null());
        command
    };
    let disk = br.scratch().join("disk");
    std::fs::create_dir_all(&disk).unwrap();
    let mount = format!("mount -t tmpfs -o size={size} tmpfs '{}'", disk.display());
    if !unshare(&mount).status().is_ok_and(|status| status.success()) {
        return None;
    }
    let output = unshare(&format!("{mount} || exit 99\n{script}"))
        .env("MILVUS_URI", shared(kind).unwrap().uri())
        .env("MILVUS_BR", binary())
        .env("DISK", &disk)
        .env("MILVUS_BR_ROOT", disk.join("root"))
        .output()
        .unwrap();
    Some((output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap()))
}

fn too_small(kind: ServerKind) {
    let name = "disk_small";
    Plain::on(kind, name).partition("_default", 20_000).dim(128).make();
    let br = MilvusBr::on(kind);
    let real = br.json(&["create", name])["size_bytes"].as_u64().unwrap();
    let script = "\"$MILVUS_BR\" create disk_small --json; code=$?; find \"$DISK\" -type f >&2; exit $code";
    let Some((code, stdout)) = on_tmpfs(kind, &br, "6m", script) else { return };
    assert_eq!(code, 16, "{stdout}");
    let document: Value = serde_json::from_str(&stdout).unwrap();
    let error = &document["error"];
    let required = error["required_bytes"].as_u64().unwrap();
    assert!(required >= real && required < real + real / 5 + (1 << 20), "{required} for {real} bytes");
    assert!(error["available_bytes"].as_u64().unwrap() <= 6 << 20, "{error}");
    forget(kind, &[name]);
}

fn full_meanwhile(kind: ServerKind) {
    let name = "disk_full";
    Plain::on(kind, name).partition("_default", 20_000).dim(128).make();
    let br = MilvusBr::over_slow_link(kind);
    // The rest of the disk is taken once the backup is being written; what it leaves is listed.
    let script = "
\"$MILVUS_BR\" create disk_full >/dev/null 2>\"$DISK/../messages\" &
pid=$!
until ls \"$MILVUS_BR_ROOT\"/disk_full/*/unfinished.json >/dev/null 2>&1; do sleep 0.01; done
dd if=/dev/zero of=\"$DISK/rest\" bs=1M 2>/dev/null
wait $pid
code=$?
find \"$MILVUS_BR_ROOT\" -type f
exit $code";
    let Some((code, left)) = on_tmpfs(kind, &br, "64m", script) else { return };
    let messages = std::fs::read_to_string(br.scratch().join("messages")).unwrap();
    assert_eq!(code, 16, "{messages}");
    assert!(messages.contains("hint: free some space"), "{messages}");
    assert_eq!(left, "", "files are left");
    forget(kind, &[name]);
}

fn read_only(kind: ServerKind) {
    let name = "disk_read_only";
    Plain::on(kind, name).partition("_default", 50).make();
    let before = Snapshot::of(kind, name);
    let br = MilvusBr::on(kind);
    let script = "
\"$MILVUS_BR\" create disk_read_only >/dev/null 2>&1 || exit 90
mount -o remount,ro \"$DISK\"
\"$MILVUS_BR\" list --json >/dev/null || exit 91
\"$MILVUS_BR\" verify disk_read_only@latest >/dev/null || exit 92
\"$MILVUS_BR\" restore disk_read_only@latest --to disk_restored >/dev/null || exit 93
\"$MILVUS_BR\" prune --incomplete --yes >/dev/null || exit 94
\"$MILVUS_BR\" delete disk_read_only@latest --yes >/dev/null 2>&1 && exit 95
\"$MILVUS_BR\" create disk_read_only --json
code=$?
\"$MILVUS_BR\" verify disk_read_only@latest >/dev/null 2>&1 || exit 96
exit $code";
    let Some((code, stdout)) = on_tmpfs(kind, &br, "64m", script) else { return };
    assert_eq!(code, 17, "{stdout}");
    assert!(stdout.contains("Read-only file system"), "{stdout}");
    before.assert_same(&Snapshot::of(kind, "disk_restored"));
    forget(kind, &[name, "disk_restored"]);
}
