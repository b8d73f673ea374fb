//! Completions and manual pages.

use std::process::Command;

use crate::command::{FULL, Sandbox};

/// Returns what the command proposes for the last word, as the script of bash asks for it.
fn completed(sandbox: &Sandbox, words: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_milvus-br"))
        .env_clear()
        .env("MILVUS_BR_COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string())
        .env("_CLAP_IFS", "\n")
        .env("HOME", sandbox.path(""))
        .current_dir(sandbox.path(""))
        .arg("--")
        .args(words)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn commands_options_and_values_are_completed() {
    let sandbox = Sandbox::empty();
    assert!(completed(&sandbox, &["milvus-br", "ver"]).contains(&"verify".to_owned()));
    assert!(completed(&sandbox, &["milvus-br", "verify", "--mo"]).contains(&"--mode".to_owned()));
    assert_eq!(completed(&sandbox, &["milvus-br", "verify", "--mode", "d"]), ["deep"]);
}

#[test]
fn backups_and_collections_of_the_root_are_completed() {
    let sandbox = Sandbox::golden();
    let of = |words: &[&str]| completed(&sandbox, &[&["milvus-br", "--root", "root"], words].concat());
    assert_eq!(of(&["verify", "gol"]), ["golden@latest"]);
    assert_eq!(of(&["restore", &FULL[..17]]), [FULL]);
    assert_eq!(of(&["prune", "g"]), ["golden"]);
    assert_eq!(of(&["list", "x"]), Vec::<String>::new());
    assert_eq!(completed(&sandbox, &["milvus-br", "--root", "absent", "verify", "g"]), Vec::<String>::new());
    assert!(!sandbox.path("absent").exists(), "a completion writes nothing");
}

#[test]
fn the_root_of_the_configuration_is_completed() {
    let sandbox = Sandbox::golden();
    std::fs::write(sandbox.path("milvus-br.toml"), "local_backup_root_path = 'root'\n").unwrap();
    assert_eq!(completed(&sandbox, &["milvus-br", "verify", "gol"]), ["golden@latest"]);
}

#[test]
fn every_shell_has_a_script() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let printed = Sandbox::empty().run(&["completions", shell]);
        assert!(printed.exit_code == 0 && printed.stdout.contains("MILVUS_BR_COMPLETE"), "{shell}: {}", printed.stdout);
    }
}

/// What bash itself makes of the script.
#[test]
fn bash_accepts_its_script() {
    let sandbox = Sandbox::golden();
    std::fs::write(sandbox.path("script"), sandbox.run(&["completions", "bash"]).stdout).unwrap();
    let directory = std::path::Path::new(env!("CARGO_BIN_EXE_milvus-br")).parent().unwrap();
    let text = "source ./script; COMP_WORDS=(milvus-br --root root verify gol); COMP_CWORD=4; COMP_TYPE=9; \
                _clap_complete_milvus_br milvus-br gol verify; echo \"${COMPREPLY[@]}\"";
    let path = format!("{}:/usr/bin:/bin", directory.display());
    let output = Command::new("bash")
        .args(["--norc", "-c", text])
        .env_clear()
        .env("PATH", path)
        .env("HOME", sandbox.path(""))
        .current_dir(sandbox.path(""))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "golden@latest", "{output:?}");
}

#[test]
fn every_command_has_a_manual_page() {
    let sandbox = Sandbox::empty();
    assert_eq!(sandbox.run(&["man", "pages/man1"]).exit_code, 0);
    let page = std::fs::read_to_string(sandbox.path("pages/man1/milvus-br-verify.1")).unwrap();
    assert!(page.contains("\\-\\-mode"), "{page}");
    assert!(sandbox.path("pages/man1/milvus-br-config-show.1").exists());
}
