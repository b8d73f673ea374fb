//! The server dies in the middle of a create and of a restore, and comes back on the same data: the operation continues. Or
//! it hangs: the operation ends, and can be continued.

use std::{fs, thread, time::Duration};

use milvus_backup_testkit::{Server, ServerKind};
use milvus_backup_tests::{
    backup_files::everything_below, collections::Plain, comparison::Snapshot, milvus_br::MilvusBr, process::Running,
};
use rustix::process::{Pid, Signal, kill_process};

on_both_servers!(of_the_server);

fn of_the_server(kind: ServerKind) {
    let mut server = Server::start(kind).unwrap();
    let uri = server.uri();
    let rows = Plain::at(&uri, "restarts").partition("_default", 10_000).partition("p1", 2000).dim(128).make();
    let br = MilvusBr::over_slow_link_to(&uri);
    let config = br.scratch().join("patient.toml");
    fs::write(&config, "retry_delay_seconds = 1\nmax_retries = 8\n").unwrap();
    let br = br.with_env("MILVUS_BR_CONFIG", config.to_str().unwrap());
    let before = Snapshot::at(&uri, "", "restarts");

    let root = br.root();
    let options = ["--chunk-size", "1MB", "--concurrency", "1", "--compression", "none", "--json"];
    let mut create = br.start_completing(&[&["restarts"][..], &options].concat(), 1);
    kill_and_restart(&mut server, &mut create);
    let created = create.finish_within(Duration::from_mins(3)).code(0).json();
    assert_eq!(created["row_count"], rows, "{created}");
    let id = created["backup_id"].as_str().unwrap();
    br.run(&["verify", id]).code(0);

    let mut restore = br.start(&["restore", id, "--to", "restarts_restored", "--concurrency", "1", "--json"]);
    restore
        .wait_until("a staging collection", || everything_below(&root).iter().any(|file| file.contains("/restores/")));
    thread::sleep(Duration::from_millis(300));
    kill_and_restart(&mut server, &mut restore);
    let restored = restore.finish_within(Duration::from_mins(3)).code(0).json();
    assert_eq!(restored["rows_restored"], rows, "{restored}");
    before.assert_same(&Snapshot::at(&uri, "", "restarts_restored"));
    let left = everything_below(&root);
    assert!(left.iter().all(|file| !file.contains("/restores/")), "{left:?}");
}

#[test]
fn a_server_that_hangs() {
    let server = Server::start(ServerKind::Lite322).unwrap();
    let uri = server.uri();
    let rows = Plain::at(&uri, "hangs").partition("_default", 10_000).dim(128).make();
    let br = MilvusBr::over_slow_link_to(&uri);
    let config = br.scratch().join("impatient.toml");
    fs::write(&config, "no_progress_timeout = 8\n").unwrap();
    let br = br.with_env("MILVUS_BR_CONFIG", config.to_str().unwrap());
    let create = br.start_completing(&["hangs", "--chunk-size", "1MB", "--compression", "none", "--json"], 1);
    let pid = server.pid().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    let hanging = create.finish_within(Duration::from_secs(40)).code(18);
    kill_process(pid, Signal::CONT).unwrap();
    fs::write(&config, "no_progress_timeout = 600\n").unwrap();
    let error = hanging.error();
    assert!(error.to_string().contains("no progress for 8 seconds"), "{error}");
    let hint = error["hint"].as_str().unwrap();
    let id = hint.split_whitespace().find(|word| word.contains("Z-")).unwrap().trim_end_matches('`');
    assert_eq!(br.json(&["create", "--resume", id])["row_count"], rows);
    br.run(&["verify", id]).code(0);
}

/// The command must still run when the server is gone, or nothing is shown.
fn kill_and_restart(server: &mut Server, running: &mut Running) {
    server.kill();
    assert!(running.is_running());
    server.restart().unwrap();
}
