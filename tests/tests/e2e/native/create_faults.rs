//! A tool that fails or lies while it creates a backup: nothing is listed as good, and nothing is left.

use std::{collections::BTreeMap, time::Duration};

use milvus_backup_testkit::native_tool::ToolFault;
use milvus_backup_tests::collections::{Plain, forget};

use super::support::{MILVUS, Native};

/// How long a create may take that fails by itself.
const SOON: Duration = Duration::from_secs(30);

#[test]
fn every_failure_and_every_lie_is_found_out() {
    let name = "native_faulty_create";
    Plain::on(MILVUS, name).partition("_default", 400).partition("p1", 200).make();
    let expected = BTreeMap::from([
        (ToolFault::Old.name(), (14, "0.5.15")),
        (ToolFault::Garbage.name(), (14, "is not milvus-backup")),
        (ToolFault::Panics.name(), (14, "panic: cfg")),
        (ToolFault::WritesNothing.name(), (13, "full_meta.json")),
        (ToolFault::WritesNoRows.name(), (1, "it wrote no bytes")),
        (ToolFault::LeavesSegmentOut.name(), (1, "it left out 1 segments")),
        (ToolFault::CutsLog.name(), (13, "binlogs/")),
        (ToolFault::CountsWrong.name(), (1, "by the server")),
        (ToolFault::DiesInCreate.name(), (1, "signal 9")),
        (ToolFault::DiskFull.name(), (16, "no space left on device")),
    ]);
    let native = Native::new();
    for fault in [
        ToolFault::Old,
        ToolFault::Garbage,
        ToolFault::Panics,
        ToolFault::WritesNothing,
        ToolFault::WritesNoRows,
        ToolFault::LeavesSegmentOut,
        ToolFault::CutsLog,
        ToolFault::CountsWrong,
        ToolFault::DiesInCreate,
        ToolFault::DiskFull,
    ] {
        native.fault(Some(fault));
        let (code, text) = expected[&fault.name()];
        let outcome = native.br.run(&["create", name]);
        assert!(outcome.elapsed < SOON, "{fault:?}: {:?}", outcome.elapsed);
        assert_eq!(outcome.exit_code, Some(code), "{fault:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(text), "{fault:?}: {}", outcome.stderr);
        native.assert_nothing_left();
    }
    native.fault(None);
    native.br.create(&[name]);
    assert_eq!(native.br.listed().len(), 1);
    forget(MILVUS, &[name]);
}

#[test]
fn what_the_tool_cannot_do_is_refused_before_anything_is_written() {
    let name = "native_refused";
    Plain::on(MILVUS, name).partition("_default", 100).make();
    let native = Native::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let elsewhere = elsewhere.path().to_str().unwrap();
    native
        .br
        .run(&["create", name, "--milvus-storage", elsewhere])
        .code(2)
        .says(&["milvus_storage", "the root of the storage of this Milvus"]);
    native.br.run(&["create", name, "--milvus-storage", "/nonexistent/milvus"]).code(2).says(&["/nonexistent/milvus"]);
    native.br.run(&["create", name, "--native-tool", "/nonexistent/tool"]).code(14).says(&["not installed"]);
    native.br.run(&["create", "native_no_such"]).code(10);
    native.assert_nothing_left();
    forget(MILVUS, &[name]);
}
