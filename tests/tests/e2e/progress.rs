//! `--progress json`: lines that a program can follow from the first to the last.

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    collections::{Plain, forget},
    milvus_br::MilvusBr,
};
use serde_json::Value;

on_both_servers!(as_json_lines);

fn as_json_lines(kind: ServerKind) {
    let name = "progress_lines";
    Plain::on(kind, name).partition("_default", 700).partition("p1", 40).released().make();
    let br = MilvusBr::on(kind);
    let created = br.run(&["create", name, "--progress", "json", "--json"]).code(0);
    let id = created.json()["backup_id"].clone();
    let events = lines(&created.stderr);
    assert_eq!((&events[0]["event"], &events[0]["operation"]), (&"started".into(), &"create".into()), "{events:?}");
    assert_eq!(events[0]["backup_id"], id);
    let progress: Vec<&Value> =
        events.iter().filter(|event| event["event"] == "progress" && event["total_rows"] == 740).collect();
    let last = progress.last().unwrap();
    assert_eq!((&last["rows"], &last["percentage"]), (&740.into(), &100.0.into()), "{last}");
    let partition = &last["partitions"]["p1"];
    assert_eq!((&partition["rows"], &partition["total_rows"]), (&40.into(), &40.into()), "{last}");
    let restored =
        br.run(&["restore", id.as_str().unwrap(), "--to", "progress_restored", "--progress", "json"]).code(0);
    let events = lines(&restored.stderr);
    assert_eq!((&events[0]["event"], &events[0]["operation"]), (&"started".into(), &"restore".into()), "{events:?}");
    assert!(events.iter().any(|event| event["event"] == "progress" && event["rows"] == 740), "{events:?}");
    br.run(&["create", name, "--memory-limit", "1MB", "--json"]).code(2).says(&["memory_limit_bytes"]);
    for mode in ["checksum", "quick"] {
        let all = ["verify", id.as_str().unwrap(), "--mode", mode, "--sample", "100", "--progress", "json"];
        let events = lines(&br.run(&all).code(0).stderr);
        let started = &events[0];
        assert_eq!((&started["event"], &started["operation"]), (&"started".into(), &"verify".into()), "{events:?}");
        let last = events.iter().rfind(|event| event["event"] == "progress").unwrap();
        assert_eq!((&last["bytes"], &last["percentage"]), (&last["total_bytes"], &100.0.into()), "{last}");
        assert!(last["partitions"].as_object().unwrap().keys().any(|file| file.starts_with("data/")), "{last}");
    }
    forget(kind, &[name, "progress_restored"]);
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
