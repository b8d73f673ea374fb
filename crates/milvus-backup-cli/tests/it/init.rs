//! The first minutes: the command without arguments, and the configuration that `init` writes.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::command::Sandbox;

#[test]
fn without_arguments_the_next_step_is_shown() {
    let sandbox = Sandbox::empty();
    let before = sandbox.run_without(&[], "MILVUS_BR_ROOT");
    assert_eq!((before.exit_code, before.stdout.as_str()), (2, ""));
    assert!(before.stderr.contains("milvus-br init"), "{}", before.stderr);
    sandbox.run(&["init", "--root", "backups"]);
    let after = sandbox.run_without(&[], "MILVUS_BR_ROOT").stderr;
    assert!(!after.contains("milvus-br init"), "{after}");
    insta::assert_snapshot!(format!("{}\n==\n{after}", before.stderr));
}

#[test]
fn a_broken_configuration_is_named_without_arguments() {
    let sandbox = Sandbox::empty();
    fs::write(sandbox.path("milvus-br.toml"), "retention_day = 7\n").unwrap();
    let printed = sandbox.run(&[]);
    assert!(printed.stderr.contains("unknown key `retention_day`"), "{}", printed.stderr);
}

#[test]
fn a_first_configuration() {
    let sandbox = Sandbox::empty();
    let transcript = sandbox.transcript(&["init", "--root", "backups", "--collection", "words"]);
    let file = fs::read_to_string(sandbox.path("milvus-br.toml")).unwrap();
    insta::assert_snapshot!(format!("{transcript}==\n{file}"));
    let check = sandbox.run(&["config", "check"]);
    assert_eq!(check.exit_code, 0, "{}", check.stderr);
    let next = sandbox.run(&["schedule", "next"]);
    assert!(next.stdout.contains("nightly"), "{}{}", next.stdout, next.stderr);
}

#[test]
fn an_existing_file_is_never_replaced() {
    let sandbox = Sandbox::empty();
    fs::write(sandbox.path("milvus-br.toml"), "retention_days = 7\n").unwrap();
    let printed = sandbox.run(&["init", "--json"]);
    assert_eq!(printed.exit_code, 15, "{}", printed.stderr);
    assert!(printed.stderr.contains("`milvus-br.toml` exists"), "{}", printed.stderr);
    assert_eq!(fs::read_to_string(sandbox.path("milvus-br.toml")).unwrap(), "retention_days = 7\n");
    // Nor is a link followed, even if nothing is behind it.
    std::os::unix::fs::symlink("absent", sandbox.path("link.toml")).unwrap();
    assert_eq!(sandbox.run(&["init", "--config", "link.toml"]).exit_code, 15);
    assert!(!sandbox.path("absent").exists());
}

#[test]
fn only_its_owner_reads_a_file_that_names_a_secret() {
    let sandbox = Sandbox::empty();
    let mode = |name: &str| fs::metadata(sandbox.path(name)).unwrap().permissions().mode() & 0o777;
    sandbox.run(&["init", "--config", "private.toml", "--token-file", "milvus.token"]);
    assert_eq!(mode("private.toml"), 0o600);
    sandbox.run(&["init", "--config", "shared.toml"]);
    assert_eq!(mode("shared.toml") & 0o044, 0o044);
}

/// A path that was given from the working directory means the same file in a configuration elsewhere.
#[test]
fn paths_hold_in_a_file_elsewhere() {
    let sandbox = Sandbox::golden();
    let printed = sandbox.run(&["init", "--config", "conf/backup.toml", "--root", "./root"]);
    assert_eq!(printed.exit_code, 0, "{}", printed.stderr);
    assert!(printed.stdout.contains("milvus-br --config conf/backup.toml doctor"), "{}", printed.stdout);
    let list = sandbox.run_without(&["list", "--config", "conf/backup.toml"], "MILVUS_BR_ROOT");
    assert!(list.stdout.contains("golden"), "{}", list.stderr);
}

#[test]
fn the_file_of_the_user() {
    let sandbox = Sandbox::golden();
    sandbox.run(&["init", "--user", "--root", "root"]);
    assert!(sandbox.path(".config/milvus-br/config.toml").exists());
    let list = sandbox.run_without(&["list"], "MILVUS_BR_ROOT");
    assert!(list.stdout.contains("golden"), "{}", list.stderr);
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_written() {
    let sandbox = Sandbox::empty();
    for line in [
        &["init", "--uri", "http://host:19530/a", "--db", "b"][..],
        &["init", "--uri", "http://root:Milvus@host:19530"],
        &["init", "--root", ""],
        &["init", "--collection", ""],
        &["init", "--user", "--config", "x.toml"],
    ] {
        let printed = sandbox.run(line);
        assert_eq!(printed.exit_code, 2, "{line:?}: {}", printed.stderr);
    }
    assert!(!sandbox.path("milvus-br.toml").exists());
}

/// `script` gives the command a terminal.
#[test]
fn on_a_terminal_it_asks() {
    let sandbox = Sandbox::empty();
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--command", concat!(env!("CARGO_BIN_EXE_milvus-br"), " init"), "/dev/null"])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", sandbox.path(""))
        .current_dir(sandbox.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let answers = "http://root:Milvus@milvus.example:19530\nhttp://milvus.example:19530\nmilvus.token\n/backups\nwords, articles\n";
    child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let screen = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{screen}");
    assert_eq!(screen.matches("Address of Milvus").count(), 2, "the first address is refused: {screen}");
    let file = fs::read_to_string(sandbox.path("milvus-br.toml")).unwrap();
    for line in [
        "local_backup_root_path = \"/backups\"",
        "uri = \"http://milvus.example:19530\"",
        "token_file = \"milvus.token\"",
        "collections = [\"words\", \"articles\"]",
    ] {
        assert!(file.lines().any(|found| found == line), "{line}: {file}");
    }
}
