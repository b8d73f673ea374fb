//! Jobs without a server: mistakes, due times, freshness, and runs that fail.

use serde_json::Value;

use crate::command::{FULL, Sandbox};

const JOB: &str =
    "[[job]]\nname = 'nightly'\ncollections = ['golden']\nschedule = '30 2 * * *'\ntime_zone = 'Europe/Berlin'\n";

fn configured(settings: &str) -> Sandbox {
    let sandbox = Sandbox::golden();
    std::fs::write(sandbox.path("milvus-br.toml"), settings).unwrap();
    sandbox
}

#[test]
fn mistakes_in_jobs_are_found() {
    let mut all = Vec::new();
    for (from, to) in [
        ("schedule = '30 2 * * *'", "schedule = '30 25 * * *'"),
        ("'Europe/Berlin'", "'Europe/Berln'"),
        ("'nightly'", "'every night'"),
        ("['golden']", "[]"),
        ("time_zone", "timezone"),
        ("'30 2 * * *'", "'30 2 * * *'\njitter = '1w'"),
        ("'30 2 * * *'", "'30 2 * * *'\nmissed = 'twice'"),
        ("'30 2 * * *'", "'30 2 * * *'\nretention = { cuont = 3 }"),
    ] {
        let sandbox = configured(&JOB.replace(from, to));
        let line = ["config", "check"];
        assert_eq!(sandbox.run(&line).exit_code, 2, "{to}");
        all.push(sandbox.transcript(&line));
    }
    all.push(configured(&JOB.repeat(2)).transcript(&["schedule", "next"]));
    all.push(configured("").transcript(&["schedule", "run"]));
    all.push(configured(JOB).transcript(&["schedule", "once", "weekly"]));
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn the_next_due_times_are_printed() {
    let sandbox = configured(&(JOB.to_owned() + &JOB.replace("nightly", "other")));
    let printed = sandbox.run(&["schedule", "next", "nightly", "--count", "3", "--json"]);
    let jobs: Vec<Value> = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!((jobs.len(), jobs[0]["job"].as_str()), (1, Some("nightly")));
    let due: Vec<&str> = jobs[0]["due"].as_array().unwrap().iter().map(|due| due.as_str().unwrap()).collect();
    assert!(due.len() == 3 && due.iter().all(|due| due.ends_with("0:30:00Z") || due.ends_with("1:30:00Z")), "{due:?}");
    let table = sandbox.run(&["schedule", "next"]).stdout;
    assert!(table.lines().count() == 3 && table.contains("30 2 * * * Europe/Berlin"), "{table}");
}

/// The golden backup is years old for a job with a limit of a day, and young for one with a limit of a century.
#[test]
fn a_check_fails_if_the_newest_verified_backup_is_too_old() {
    let sandbox = configured(JOB);
    assert_eq!(sandbox.run(&["schedule", "check"]).exit_code, 2, "there is no limit");
    let check = |sandbox: &Sandbox, limit: &str| {
        let printed = sandbox.run(&["schedule", "check", "--max-age", limit, "--json"]);
        let checks: Vec<Value> = serde_json::from_str(&printed.stdout).unwrap();
        (printed.exit_code, checks[0]["is_stale"].as_bool().unwrap())
    };
    assert_eq!(sandbox.run(&["verify", FULL]).exit_code, 0);
    assert_eq!(check(&sandbox, "1s"), (19, true));
    assert_eq!(check(&sandbox, "36500d"), (0, false));
    let other = configured(&JOB.replace("'golden'", "'absent'"));
    assert_eq!(check(&other, "36500d"), (19, true));
}

#[test]
fn a_run_that_fails_is_noted() {
    let sandbox = configured(JOB);
    let printed = sandbox.run(&["schedule", "once", "nightly", "--json"]);
    assert_eq!(printed.exit_code, 14, "{}", printed.stderr);
    let run: Value = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!((run["success"].as_bool(), run["job"].as_str()), (Some(false), Some("nightly")));
    let state = std::fs::read(sandbox.path(".local/state/milvus-br/nightly.json")).unwrap();
    let state: Value = serde_json::from_slice(&state).unwrap();
    assert_eq!((state["failures"].as_u64(), state["consecutive_failures"].as_u64()), (Some(1), Some(1)));
    assert!(state["last_failure"]["failures"][0].as_str().unwrap().starts_with("connect to Milvus: "), "{state}");
    assert!(state.get("running").is_none() && state["decided_until"].is_null(), "{state}");
}

/// A hook that appends what it sees to a file.
const NOTE: &str = "['sh', '-c', 'env | grep -E \"MILVUS|SECRET|WANTED\" | sort >> notes; exit CODE']";

fn hooked(before: u8, timeout: &str) -> Sandbox {
    let note = |code: u8| NOTE.replace("CODE", &code.to_string());
    configured(&format!(
        "{JOB}[job.hooks]\nbefore = {}\nafter = {}\non_failure = {}\nenvironment = ['MILVUS_BR_ROOT']\n{timeout}",
        note(before),
        note(0),
        note(0)
    ))
}

#[test]
fn hooks_run_before_and_after_a_failure_and_see_only_what_was_asked_for() {
    let sandbox = hooked(0, "");
    assert_eq!(sandbox.run(&["schedule", "once", "nightly"]).exit_code, 14);
    let notes = std::fs::read_to_string(sandbox.path("notes")).unwrap();
    let hooks: Vec<&str> = notes.lines().filter(|line| line.starts_with("MILVUS_BR_HOOK=")).collect();
    assert_eq!(hooks, ["MILVUS_BR_HOOK=before", "MILVUS_BR_HOOK=on_failure"]);
    assert!(
        notes.contains("MILVUS_BR_FAILURES=connect to Milvus: ") && notes.contains("MILVUS_BR_JOB=nightly"),
        "{notes}"
    );
    // The address of Milvus is in the environment of the command, and was not asked for.
    assert!(notes.contains("MILVUS_BR_ROOT=root") && !notes.contains("MILVUS_URI"), "{notes}");
}

#[test]
fn a_hook_that_fails_keeps_the_run_from_starting() {
    let sandbox = hooked(7, "");
    let printed = sandbox.run(&["schedule", "once", "nightly"]);
    assert_eq!(printed.exit_code, 1, "{}", printed.stderr);
    assert!(printed.stderr.contains("run the hook `before`: `sh` ended with exit status: 7"), "{}", printed.stderr);
    assert!(!printed.stderr.contains("connect to Milvus"), "{}", printed.stderr);
}

#[test]
fn a_hook_ends_at_its_limit() {
    let sandbox = configured(&format!("{JOB}[job.hooks]\nbefore = ['sleep', '60']\ntimeout = '1s'\n"));
    let printed = sandbox.run(&["schedule", "once", "nightly"]);
    assert!(printed.exit_code == 1 && printed.stderr.contains("took longer than 1s"), "{}", printed.stderr);
}

#[test]
fn all_backups_are_verified_and_then_none_is_due() {
    let sandbox = Sandbox::golden();
    let printed = sandbox.run(&["verify", "--all", "--older-than", "1d", "--json"]);
    assert_eq!(printed.exit_code, 0, "{}", printed.stderr);
    let results: Vec<Value> = serde_json::from_str(&printed.stdout).unwrap();
    assert!(!results.is_empty() && results.iter().all(|result| result["success"] == true), "{results:?}");
    assert_eq!(sandbox.run(&["verify", "--all", "--older-than", "1d"]).stdout, "no backup is due\n");
    assert_eq!(sandbox.run(&["verify"]).exit_code, 2);
    assert_eq!(sandbox.run(&["verify", FULL, "--all"]).exit_code, 2);
    assert_eq!(sandbox.run(&["verify", FULL, "--budget", "1h"]).exit_code, 2);
}

#[test]
fn damage_is_found_among_all_backups() {
    let sandbox = Sandbox::golden();
    let schema = sandbox.path("root/golden").join(FULL).join("schema.json");
    std::fs::write(schema, "{}").unwrap();
    let printed = sandbox.run(&["verify", "--all", "--json"]);
    assert_eq!(printed.exit_code, 13, "{}", printed.stderr);
    let results: Vec<Value> = serde_json::from_str(&printed.stdout).unwrap();
    assert!(results.len() > 1 && results.iter().filter(|result| result["success"] == false).count() == 1);
}
