//! The configuration as the command shows and checks it: layers with their origins, mistakes, secrets, and paths.

use serde_json::Value;

use crate::command::Sandbox;

const USER: &str = "retention_count = 5\nretention_days = 5\n[milvus]\nuri = 'http://user.example:1'\n";
const PROJECT: &str = "local_backup_root_path = 'backups'\nretention_days = 6\n\n[keep]\ndaily = 7\n\n[milvus]\n\
                       database = 'shop'\n\n[storage]\nregion = 'eu'\noptions = { secret_access_key = 'hidden-secret' }\n\n\
                       [profile.prod]\nretention_days = 60\n";

fn layered() -> Sandbox {
    let sandbox = Sandbox::empty();
    std::fs::create_dir_all(sandbox.path(".config/milvus-br")).unwrap();
    std::fs::write(sandbox.path(".config/milvus-br/config.toml"), USER).unwrap();
    std::fs::write(sandbox.path("milvus-br.toml"), PROJECT).unwrap();
    sandbox
}

#[test]
fn every_value_has_its_origin() {
    let sandbox = layered();
    let line = ["config", "show", "--origin", "--profile", "prod", "--memory-limit", "1GB"];
    let text = sandbox.transcript(&line).replace(sandbox.path("").to_str().unwrap(), "HOME/");
    insta::assert_snapshot!(text);
}

#[test]
fn values_are_a_document() {
    let printed = layered().run(&["config", "show", "--json"]);
    let values: Vec<Value> = serde_json::from_str(&printed.stdout).unwrap();
    let of = |key: &str| values.iter().find(|value| value["key"] == key).unwrap();
    assert_eq!(of("retention_days")["value"], 6);
    assert_eq!(of("retention_days")["origin"], "milvus-br.toml, line 2");
    assert_eq!(of("milvus.uri")["origin"], "variable MILVUS_URI");
    assert_eq!(of("compression_level")["origin"], "default");
}

#[test]
fn a_secret_is_never_shown() {
    let sandbox = layered();
    for line in
        [&["config", "show", "--origin"][..], &["config", "show", "--json"], &["config", "check"], &["list", "-vv"]]
    {
        let printed = sandbox.run(line);
        assert!(!(printed.stdout + &printed.stderr).contains("hidden-secret"), "{line:?}");
    }
}

#[test]
fn what_is_shown_is_a_configuration() {
    let sandbox = layered();
    let shown = sandbox.run(&["config", "show", "--profile", "prod"]).stdout;
    std::fs::write(sandbox.path("again.toml"), &shown).unwrap();
    let again = sandbox.run(&["config", "show", "--config", "again.toml"]);
    assert_eq!((again.exit_code, again.stdout), (0, shown), "{}", again.stderr);
}

#[test]
fn mistakes_are_found_with_their_lines() {
    let sandbox = Sandbox::empty();
    let mut all = Vec::new();
    for text in [
        "retention_day = 7\n",
        "\n[storage]\nendpiont = 'x'\n",
        "default_backup_timeout = '1h'\n",
        "max_retries = 1\nverification_timeout = -1\n",
        "[keep]\nwithin = '1w'\n",
        "[milvus]\npassword = 'x'\n",
        "retention_count = \n",
        "[profile.prod]\nmemory_limit_bytes = 1\n",
    ] {
        std::fs::write(sandbox.path("file.toml"), text).unwrap();
        let line = ["config", "check", "--config", "file.toml"];
        assert_eq!(sandbox.run(&line).exit_code, 2, "{text}");
        all.push(format!("{text}{}", sandbox.transcript(&line)));
    }
    all.push(sandbox.transcript(&["config", "check", "--config", "absent.toml"]));
    std::fs::write(sandbox.path("file.toml"), "[profile.prod]\nmax_retries = 1\n").unwrap();
    all.push(sandbox.transcript(&["list", "--config", "file.toml", "--profile", "prd"]));
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_check_names_files_that_are_missing_and_variables_that_are_above_a_file() {
    let sandbox = Sandbox::empty();
    std::fs::write(sandbox.path("file.toml"), "[milvus]\nuri = 'http://a:1'\ntoken_file = 'absent.token'\n").unwrap();
    insta::assert_snapshot!(sandbox.transcript(&["config", "check", "--config", "file.toml"]));
}

/// A command that cron starts in another directory has the same root.
#[test]
fn a_path_in_a_file_is_relative_to_the_file() {
    let sandbox = Sandbox::golden();
    std::fs::create_dir(sandbox.path("conf")).unwrap();
    std::fs::write(sandbox.path("conf/backup.toml"), "local_backup_root_path = '../root'\n").unwrap();
    let printed = sandbox.run_without(&["list", "--config", "conf/backup.toml"], "MILVUS_BR_ROOT");
    assert!(printed.stdout.contains("golden"), "{}", printed.stderr);
}

#[test]
fn the_schema_has_the_keys() {
    let schema: Value = serde_json::from_str(&Sandbox::empty().run(&["config", "schema"]).stdout).unwrap();
    assert_eq!(schema["properties"]["retention_days"]["default"], 30);
    assert!(schema["properties"]["profile"].is_object() && schema["$defs"]["KeepRules"].is_object());
}
