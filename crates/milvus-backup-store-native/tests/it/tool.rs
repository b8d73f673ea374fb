//! Finding and asking the executable.
//!
//! A script stands for the tool: it prints what the source of the tool prints. The tool itself is not installed here.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use milvus_backup_store_native::{EXECUTABLE, Error, Features, Tool, ToolVersion, child_environment};

fn script(directory: &Path, name: &str, mode: u32, body: &str) -> PathBuf {
    let path = directory.join(name);
    fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

#[test]
fn the_first_executable_of_the_path_is_found() {
    let root = tempfile::tempdir().unwrap();
    let [first, second, third] = ["first", "second", "third"].map(|name| root.path().join(name));
    for directory in [&first, &second, &third] {
        fs::create_dir(directory).unwrap();
    }
    let path =
        std::env::join_paths(["relative", ""].map(PathBuf::from).iter().chain([&first, &second, &third])).unwrap();
    assert!(matches!(Tool::find(None, Some(&path)), Err(Error::NotFound { .. })));
    assert!(matches!(Tool::find(None, None), Err(Error::NotFound { .. })));

    script(&first, EXECUTABLE, 0o644, "");
    assert!(matches!(Tool::find(None, Some(&path)), Err(Error::NotExecutable { .. })));
    fs::create_dir(second.join(EXECUTABLE)).unwrap();
    let good = script(&third, EXECUTABLE, 0o755, "");
    assert_eq!(Tool::find(None, Some(&path)).unwrap(), good);

    let other = script(&second, "other", 0o755, "");
    assert_eq!(Tool::find(Some(&other), Some(&path)).unwrap(), other);
    assert!(matches!(Tool::find(Some(&second), Some(&path)), Err(Error::NotExecutable { .. })));
    assert!(matches!(Tool::find(Some(&second.join("none")), Some(&path)), Err(Error::NotFound { .. })));
}

/// One test for all programs: a file that another thread still has open for writing cannot be run.
#[test]
fn the_tool_tells_its_version_and_flags() {
    let root = tempfile::tempdir().unwrap();
    let help = "cat <<'END'\ncreate a backup.\n\nFlags:\n      --filter string   x\n      --strategy string   x\n  -c, --colls string   [DEPRECATED] x\nEND";
    let banner = "echo 'dev (Built on unknown from Git SHA unknown by go1.25.0)'";
    let seen = root.path().join("seen");
    let scripts = [
        ("stdout", format!("env >{0}; echo \"$@\" >>{0}; {banner}; {help}", seen.display())),
        ("stderr", format!("{banner} >&2; {help}; exit 1")),
        ("stranger", "echo hello".to_owned()),
    ]
    .map(|(name, body)| script(root.path(), name, 0o755, &body));
    let [stdout, stderr, stranger] = scripts;

    for executable in [&stdout, &stderr] {
        let tool = Tool::probe(executable.clone()).unwrap();
        assert_eq!(tool.version(), &ToolVersion::Other("dev".into()));
        assert_eq!(tool.features(), Features::of_release(0, 5, 16));
        assert_eq!(tool.executable(), executable);
    }
    let seen = fs::read_to_string(seen).unwrap();
    assert!(seen.ends_with("create --help\n"), "{seen}");
    assert!(seen.contains("PATH=") && !seen.contains("CARGO_"), "{seen}");

    assert!(matches!(Tool::probe(stranger), Err(Error::NotTheTool { .. })));
    assert!(matches!(Tool::probe(root.path().join("none")), Err(Error::Run { .. })));
}

#[test]
fn variables_that_would_win_over_the_configuration_are_left_out() {
    let of = |names: &[&str]| names.iter().map(|name| (OsString::from(name), OsString::from("x"))).collect::<Vec<_>>();
    let kept = ["PATH", "HOME", "LC_ALL", "AWS_ROLE_ARN", "SSL_CERT_FILE", "https_proxy"];
    let dropped = [
        "MILVUS_PORT",
        "MILVUS_ADDRESS",
        "MINIO_PORT",
        "BACKUP_PARALLELISM",
        "SERVER_PORT",
        "LD_PRELOAD",
        "LOG_LEVEL",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AZURE_STORAGE_KEY",
        "MILVUS_STORAGE_AWS_SECRET_ACCESS_KEY",
    ];
    assert_eq!(child_environment(of(&[&kept[..], &dropped[..]].concat())), of(&kept));
}
