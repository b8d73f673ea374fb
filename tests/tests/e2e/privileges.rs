//! Users of a server with authorization: what docs/privileges.md lists is enough, and what is missing is named.

use milvus_backup_testkit::{Server, Standalone, StandaloneOptions};
use milvus_backup_tests::{backup_files::everything_below, collections::Plain, milvus_br::MilvusBr, scripts::ask};
use serde_json::{Value, json};

type Privilege = (&'static str, &'static str);

/// As documented for `create`.
const CREATE: [Privilege; 3] = [("Collection", "ShowPartitions"), ("Collection", "Load"), ("Collection", "Query")];

/// As documented for `restore`, of a collection with partitions and indexes.
const RESTORE: [Privilege; 8] = [
    ("Global", "CreateCollection"),
    ("Global", "RenameCollection"),
    ("Global", "DropCollection"),
    ("Collection", "CreatePartition"),
    ("Collection", "Insert"),
    ("Collection", "Flush"),
    ("Collection", "GetFlushState"),
    ("Collection", "CreateIndex"),
];

const ROOT: &str = "root:Milvus";

/// A command that runs as a user with these privileges, on the root of another.
fn user(server: &Server, br: &MilvusBr, name: &str, privileges: &[Privilege]) -> MilvusBr {
    let password = "Passw0rd";
    ask::<Value>(
        include_str!("../../scripts/user.py"),
        &json!({ "uri": server.uri(), "token": ROOT, "user": name, "password": password, "privileges": privileges }),
    );
    MilvusBr::new(server.uri()).with_root(&br.root()).with_env("MILVUS_TOKEN", format!("{name}:{password}"))
}

fn missing(error: &Value) -> Vec<String> {
    serde_json::from_value(error["missing_privileges"].clone()).unwrap()
}

#[test]
fn documented_privileges_are_enough_and_missing_ones_are_named() {
    let server = Server::Standalone(Box::new(Standalone::start(StandaloneOptions::new().authorization()).unwrap()));
    let films = || Plain::at(&server.uri(), "films").token(ROOT).partition("_default", 20).partition("p1", 10);
    films().make();
    let root = MilvusBr::new(server.uri()).with_env("MILVUS_TOKEN", ROOT);

    let reader = user(&server, &root, "reader", &CREATE);
    let backup = reader.create(&["films"]);
    let error = reader.run(&["restore", &backup, "--to", "films_2", "--json"]).code(12).error();
    let named: Vec<&str> = RESTORE.iter().map(|(_, name)| *name).collect();
    let mut found = missing(&error);
    found.sort();
    let mut expected = named.clone();
    expected.sort_unstable();
    assert_eq!(found, expected, "{error}");
    assert!(error["hint"].as_str().unwrap().contains("grant "), "{error}");

    // Nothing was created, so there is nothing to clean up and nothing is noted.
    let before = everything_below(&root.root());
    let outcome = reader.run(&["restore", &backup, "--to", "films_2"]).code(12);
    assert!(!outcome.stderr.contains("cannot drop") && !outcome.stderr.contains("credentials"), "{outcome:#?}");
    assert_eq!(everything_below(&root.root()), before);
    reader.run(&["verify", &backup, "--mode", "deep"]).code(12).says(&["CreateCollection", "Insert"]);
    assert_eq!(everything_below(&root.root()), before);

    let operator = user(&server, &root, "operator", &[&CREATE[..], &RESTORE].concat());
    operator.create(&["films"]);
    operator.restore(&backup, "films_2", &[]);
    operator.restore(&backup, "films_2", &["--drop-existing", "--load"]);
    operator.run(&["verify", &backup, "--mode", "deep"]).code(0);

    for (number, (object, missing_one)) in CREATE.iter().enumerate() {
        let rest: Vec<Privilege> = CREATE.into_iter().filter(|(_, name)| name != missing_one).collect();
        let br = user(&server, &root, &format!("without_{number}"), &rest);
        let error = br.run(&["create", "films", "--json"]).code(12).says(&[missing_one]).error();
        assert_eq!(missing(&error), [*missing_one], "{object}: {error}");
        assert_eq!(error["kind"], "authentication");
    }
}
