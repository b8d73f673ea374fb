//! A tool that does not end by itself, and a command that is ended: in bounded time, with nothing left.

use std::{
    thread,
    time::{Duration, Instant},
};

use milvus_backup_testkit::native_tool::ToolFault;
use milvus_backup_tests::collections::{Plain, forget};
use rustix::process::Signal;

use super::support::{MILVUS, Native};

const SOON: Duration = Duration::from_secs(10);

fn hanging(name: &str) -> Native {
    Plain::on(MILVUS, name).partition("_default", 400).make();
    let native = Native::new();
    native.fault(Some(ToolFault::HangsInCreate));
    native
}

fn wait_for_end(native: &Native) {
    let started = Instant::now();
    while !(native.processes().is_empty() && native.leftovers().is_empty()) {
        assert!(started.elapsed() < SOON, "{:?} {:?}", native.processes(), native.leftovers());
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_deadline_ends_it() {
    let name = "native_deadline";
    let native = hanging(name);
    let outcome = native.br.run(&["create", name, "--timeout", "5s"]).code(18);
    assert!(outcome.elapsed < SOON, "{:?}", outcome.elapsed);
    native.assert_nothing_left();
    forget(MILVUS, &[name]);
}

#[test]
fn a_create_without_progress_is_ended() {
    let name = "native_stalled";
    let mut native = hanging(name);
    native.br = native.br.configured("no_progress_timeout = 3\n");
    native.br.run(&["create", name]).code(18).says(&["no progress for 3 seconds"]);
    native.assert_nothing_left();
    forget(MILVUS, &[name]);
}

#[test]
fn an_interrupt_ends_it() {
    let name = "native_interrupted";
    let native = hanging(name);
    let running = native.br.start_writing(&[name]);
    running.signal(Signal::INT);
    running.finish_within(SOON).code(130);
    native.assert_nothing_left();
    forget(MILVUS, &[name]);
}

#[test]
fn the_death_of_the_command_ends_it_and_what_it_wrote_can_be_removed() {
    let name = "native_killed";
    let native = hanging(name);
    let running = native.br.start_writing(&[name]);
    assert!(!native.processes().is_empty());
    assert!(running.kill());
    wait_for_end(&native);
    native.fault(None);
    native.br.run(&["prune", "--incomplete", "--yes"]).code(0);
    native.assert_nothing_left();
    forget(MILVUS, &[name]);
}
