//! Nothing is left: not after a drop, and not after the death of the process that held the server.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use milvus_backup_testkit::{Server, ServerKind, shared};

/// Set for the process that is to be killed.
const HOLDER: &str = "MILVUS_BR_TESTKIT_HOLDER";

/// The process runs. One that has ended but was not waited for does not count: that is the business of its new parent.
fn runs(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

fn soon(what: impl Fn() -> bool) -> bool {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(10) {
        if what() {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}

/// The directory of a run, above the data of its server.
fn run_dir(data: &Path) -> PathBuf {
    let up = if data.ends_with("data") { 2 } else { 1 };
    data.ancestors().nth(up).unwrap().to_path_buf()
}

#[test]
fn nothing_is_left_after_a_drop() {
    for kind in ServerKind::ALL {
        let server = Server::start(kind).unwrap();
        let (pid, dir) = (server.pid().unwrap(), run_dir(&server.data_dir()));
        assert!(runs(pid) && dir.is_dir());
        drop(server);
        assert!(!runs(pid) && !dir.exists(), "{kind:?}");
    }
}

/// Not a test of its own: the body of the process that the next test kills.
#[test]
fn holder() {
    let Some(ending) = std::env::var_os(HOLDER) else { return };
    for kind in ServerKind::ALL {
        let server = shared(kind).unwrap();
        println!("HELD {} {}", server.pid().unwrap(), run_dir(&server.data_dir()).display());
    }
    // One way of ending per run: a plain return, as after the last test, or waiting to be killed.
    if ending == "kill" {
        println!("READY");
        thread::sleep(Duration::from_mins(10));
    }
}

fn held(ending: &str) -> Vec<(u32, PathBuf)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "leftovers::holder", "--nocapture"])
        .env(HOLDER, ending)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut servers = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if line == "READY" {
            break;
        }
        if let Some((_, held)) = line.split_once("HELD ") {
            let (pid, dir) = held.split_once(' ').unwrap();
            servers.push((pid.parse().unwrap(), PathBuf::from(dir)));
        }
    }
    if ending == "kill" {
        assert!(servers.iter().all(|(pid, dir)| runs(*pid) && dir.is_dir()));
        child.kill().unwrap();
    }
    child.wait().unwrap();
    servers
}

#[test]
fn nothing_is_left_after_sigkill_or_the_end_of_a_test_binary() {
    for ending in ["kill", "return"] {
        let servers = held(ending);
        assert_eq!(servers.len(), 3);
        for (pid, dir) in servers {
            assert!(soon(|| !runs(pid)), "{ending}: process {pid} is left");
            assert!(soon(|| !dir.exists()), "{ending}: {} is left", dir.display());
        }
    }
}
