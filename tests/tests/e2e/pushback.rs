//! A Milvus that is set up to take few queries and few bytes a second: a create and a restore slow down, and end well.

use std::{fs, time::Duration};

use milvus_backup_testkit::{Server, Standalone, StandaloneOptions};
use milvus_backup_tests::{collections::Plain, comparison::Snapshot, milvus_br::MilvusBr, outcome::Outcome};

/// What the client says when it sends fewer calls at once.
const SLOWER: &str = "the server rate-limits calls";

#[test]
fn of_a_server_that_limits_rates() {
    let limits = StandaloneOptions::new()
        .env("QUOTAANDLIMITS_ENABLED", "true")
        .env("QUOTAANDLIMITS_DQL_ENABLED", "true")
        .env("QUOTAANDLIMITS_DQL_QUERYRATE_MAX", "10")
        .env("QUOTAANDLIMITS_DML_ENABLED", "true")
        .env("QUOTAANDLIMITS_DML_INSERTRATE_MAX", "2");
    let server = Server::Standalone(Box::new(Standalone::start(limits).unwrap()));
    let uri = server.uri();
    let rows = Plain::at(&uri, "limited").partition("_default", 8_000).dim(128).make();
    let before = Snapshot::at(&uri, "", "limited");
    let br = MilvusBr::new(&uri).with_env("MILVUS_BR_LOG", "milvus_backup_client=info");
    // One retry would not be enough for any of these calls.
    let config = br.scratch().join("impatient.toml");
    fs::write(&config, "retry_delay_seconds = 0\nmax_retries = 1\n").unwrap();
    let br = br.with_env("MILVUS_BR_CONFIG", config.to_str().unwrap());
    let run = |arguments: &[&str]| -> Outcome {
        let outcome = br.start(arguments).finish_within(Duration::from_mins(3)).code(0);
        assert!(outcome.stderr.contains(SLOWER), "nothing was refused: {}", outcome.stderr);
        outcome
    };

    let created = run(&["create", "limited", "--chunk-size", "256KB", "--compression", "none", "--json"]).json();
    assert_eq!(created["row_count"], rows, "{created}");
    let backup = created["backup_id"].as_str().unwrap();
    let restored = run(&["restore", backup, "--to", "limited_restored", "--json"]).json();
    assert_eq!(restored["rows_restored"], rows, "{restored}");
    before.assert_same(&Snapshot::at(&uri, "", "limited_restored"));
}
