//! The scheduler against a real server, with jobs that are due every second: kill -9 and a restart, signals, a server that
//! is down, and a clock that jumps. On Milvus Lite 3.2.2.

use std::{
    collections::BTreeSet,
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    thread,
    time::Duration,
};

use milvus_backup_testkit::{Lite, LiteVersion, ServerKind};
use milvus_backup_tests::{
    collections::{Plain, forget},
    milvus_br::{MilvusBr, NOWHERE},
};
use rustix::process::Signal;
use serde_json::Value;

const LITE: ServerKind = ServerKind::Lite322;

/// A job that is due every second, keeps three backups, and may do more.
fn job(collection: &str, more: &str) -> String {
    format!(
        "max_retries = 0\nretention_days = 0\n[schedule]\nstate_directory = 'state'\n[[job]]\nname = 'seconds'\n\
         collections = ['{collection}']\nschedule = '* * * * * *'\nretention = {{ count = 3, min_keep = 1 }}\n{more}"
    )
}

fn state(br: &MilvusBr) -> Value {
    let text = fs::read(br.scratch().join("state/seconds.json")).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

fn runs(br: &MilvusBr) -> u64 {
    state(br)["runs"].as_u64().unwrap_or_default()
}

fn successes(br: &MilvusBr) -> u64 {
    runs(br) - state(br)["failures"].as_u64().unwrap_or_default()
}

fn second_of(state: &Value) -> String {
    state["last_success"]["due"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn one_second_jobs_survive_kill_9_and_end_at_once_at_sigterm() {
    let name = "schedule_seconds";
    Plain::on(LITE, name).partition("_default", 50).make();
    let br = MilvusBr::on(LITE).configured(&job(name, ""));
    for round in 0..4_u64 {
        let mut daemon = br.start(&["schedule", "run"]);
        daemon.wait_until("two runs", || successes(&br) >= 2 * (round + 1));
        // In the middle of a run, or between two of them: both must be survived.
        thread::sleep(Duration::from_millis(170 * round));
        assert!(daemon.kill());
    }
    let killed = state(&br);
    let mut daemon = br.start(&["schedule", "run"]);
    let before = successes(&br);
    daemon.wait_until("a run after the restart", || successes(&br) > before);
    daemon.signal(Signal::TERM);
    daemon.finish_within(Duration::from_secs(5)).code(0).says(&["the scheduler has ended"]);
    let ended = state(&br);
    assert!(ended.get("running").is_none(), "{ended}");
    assert!(second_of(&ended) > second_of(&killed), "no due time has two runs that succeed: {killed} {ended}");
    // At most one run per second that passed, and of those that were killed only what was interrupted failed.
    assert!(ended["failures"].as_u64().unwrap() <= 5, "{ended}");
    let listed = br.listed();
    assert!((1..=4).contains(&listed.len()), "retention follows each run: {listed:?}");
    for id in &listed {
        br.run(&["verify", id]).code(0);
    }
    br.run(&["prune", "--incomplete", "--yes"]).code(0);
    forget(LITE, &[name]);
}

#[test]
fn a_server_that_is_down_is_a_failed_run_and_the_next_one_succeeds() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("some.db");
    let server = Lite::start_on(LiteVersion::V3_2_2, &database).unwrap();
    Plain::at(&server.uri(), "films").partition("_default", 30).make();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("[schedule]\nmetrics_address = '127.0.0.1:{port}'\n");
    let settings = job("films", "max_age = '1h'\n").replace("[schedule]\n", &address);
    let br = MilvusBr::new(server.uri()).configured(&settings);
    br.run(&["schedule", "check"]).code(19);
    let mut daemon = br.start(&["schedule", "run"]);
    daemon.wait_until("a run", || successes(&br) >= 1);
    br.run(&["schedule", "check"]).code(0);
    let metric = "milvus_br_newest_verified_backup_timestamp_seconds{root=";
    daemon.wait_until("metrics", || get(port, "/metrics").contains(metric));
    let metrics = get(port, "/metrics");
    assert!(metrics.contains("milvus_br_job_max_age_seconds{job=\"seconds\"} 3600\n"), "{metrics}");
    assert!(get(port, "/").starts_with("HTTP/1.1 404"), "nothing else is served");
    drop(server);
    daemon.wait_until("two failures", || state(&br)["consecutive_failures"].as_u64() >= Some(2));
    assert!(daemon.is_running(), "a failed run does not end the scheduler");
    daemon.signal(Signal::TERM);
    daemon.finish_within(Duration::from_secs(5)).code(0).says(&["connect to Milvus"]);
    assert!(!br.listed().is_empty(), "the backups from before are kept");
}

#[test]
fn a_second_scheduler_is_refused_and_sighup_reads_the_configuration_again() {
    let name = "schedule_reload";
    Plain::on(LITE, name).partition("_default", 20).make();
    let br = MilvusBr::on(LITE).configured(&job("absent", ""));
    let mut daemon = br.start(&["schedule", "run"]);
    daemon.wait_until("a failure", || state(&br)["failures"].as_u64() >= Some(1));
    br.run(&["schedule", "run"]).code(15).says(&["another scheduler"]);
    let settings = br.scratch().join("settings.toml");
    // What is not valid is not taken over.
    fs::write(&settings, job(name, "colour = 'red'\n")).unwrap();
    daemon.signal(Signal::HUP);
    let failures = state(&br)["failures"].as_u64();
    daemon.wait_until("one more failure", || state(&br)["failures"].as_u64() > failures);
    fs::write(&settings, job(name, "")).unwrap();
    daemon.signal(Signal::HUP);
    daemon.wait_until("a success", || successes(&br) >= 1);
    daemon.signal(Signal::TERM);
    daemon.finish_within(Duration::from_secs(5)).code(0).says(&["the one before stays", "read again"]);
    forget(LITE, &[name]);
}

#[test]
fn one_run_for_cron_copies_verifies_and_fails_with_a_code() {
    let name = "schedule_once";
    Plain::on(LITE, name).partition("_default", 20).make();
    let br = MilvusBr::on(LITE);
    let other = br.scratch().join("other");
    let more = format!("copies = [{{ root = '{}' }}]\nverification = {{ mode = 'deep' }}\n", other.display());
    let br = br.configured(&job(name, &more));
    let run = br.run(&["schedule", "once", "seconds", "--json"]).code(0).json();
    assert_eq!((run["backups_copied"].as_u64(), run["verified_backup_ids"].as_array().unwrap().len()), (Some(1), 1));
    let again = br.run(&["schedule", "once", "seconds", "--json"]).code(0).json();
    assert_eq!(again["verified_backup_ids"].as_array().unwrap().len(), 0, "the last one is younger than a week");
    let ids: BTreeSet<String> = ids_below(&other, name);
    assert_eq!(ids.len(), 2);
    assert_eq!(ids, br.listed().into_iter().collect());
    br.run(&["schedule", "once", "seconds", "--uri", NOWHERE]).code(14);
    forget(LITE, &[name]);
}

/// The response to a request of an outside client.
fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

fn ids_below(root: &Path, collection: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root.join(collection)).unwrap().flatten();
    entries
        .filter(|entry| entry.path().join("metadata.json").exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}
