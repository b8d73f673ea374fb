//! Limits that are settings of the server: they are taken from its answers.

use milvus_backup_testkit::{Server, Standalone, StandaloneOptions};
use milvus_backup_tests::{collections::Plain, comparison::Snapshot, milvus_br::MilvusBr};

#[test]
fn a_small_query_window_is_kept_to() {
    let options = StandaloneOptions::new().env("QUOTAANDLIMITS_LIMITS_MAXQUERYRESULTWINDOW", "500");
    let server = Server::Standalone(Box::new(Standalone::start(options).unwrap()));
    let uri = server.uri();
    Plain::at(&uri, "windowed").partition("_default", 4_000).partition("p1", 30).make();
    Plain::at(&uri, "windowed_texts").partition("_default", 3_000).text_keys().make();
    let br = MilvusBr::new(&uri);
    for (name, rows) in [("windowed", 4_030), ("windowed_texts", 3_000)] {
        let created = br.json(&["create", name, "--chunk-size", "64KB"]);
        assert_eq!(created["row_count"], rows, "{created}");
        let copy = format!("{name}_copy");
        br.restore(created["backup_id"].as_str().unwrap(), &copy, &[]);
        let before = Snapshot::at(&uri, "", name);
        before.assert_same_rows(&Snapshot::at(&uri, "", &copy));
    }
}
