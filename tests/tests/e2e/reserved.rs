//! Primary keys that are named like a word of the expression language.

use milvus_backup_testkit::{Server, ServerKind, Standalone, StandaloneOptions, shared};
use milvus_backup_tests::{
    collections::{change, forget},
    milvus_br::MilvusBr,
    scripts::ask,
};
use serde_json::json;

on_both_servers!(rows_are_read_by_position);

/// A collection whose key is named `like`, with `rows` rows in each of two partitions, in an order of their own.
fn make(uri: &str, name: &str, rows: u32) {
    change(
        uri,
        &format!(
            "
schema = client.create_schema()
schema.add_field('like', DataType.INT64, is_primary=True)
schema.add_field('vector', DataType.FLOAT_VECTOR, dim=4)
client.create_collection('{name}', schema=schema)
client.create_partition('{name}', 'p1')
rows = [{{'like': (i * 7919) % 100003 - 500, 'vector': [i, 1, 2, 3]}} for i in range({rows} * 2)]
client.insert('{name}', rows[:{rows}])
client.flush('{name}')
client.insert('{name}', rows[{rows}:], partition_name='p1')
index = client.prepare_index_params()
index.add_index('vector', index_type='FLAT', metric_type='L2')
client.create_index('{name}', index)
client.load_collection('{name}')"
        ),
    );
}

/// All rows, read without an expression.
fn rows_of(uri: &str, name: &str) -> Vec<(i64, Vec<f32>)> {
    let script = "
from pymilvus import MilvusClient
client = MilvusClient(given['uri'])
client.load_collection(given['name'])
rows = client.query(given['name'], filter='', limit=16384, output_fields=['like', 'vector'], consistency_level='Strong')
import json
print(json.dumps(sorted([row['like'], [float(x) for x in row['vector']]] for row in rows)))
";
    ask(script, &json!({ "uri": uri, "name": name }))
}

fn rows_are_read_by_position(kind: ServerKind) {
    let (name, copy) = ("word_key", "word_key_copy");
    let uri = shared(kind).unwrap().uri();
    make(&uri, name, 3_000);
    let br = MilvusBr::on(kind);
    let created = br.json(&["create", name, "--chunk-size", "64KB"]);
    assert_eq!(created["row_count"], 6_000, "{created}");
    br.restore(created["backup_id"].as_str().unwrap(), copy, &[]);
    let before = rows_of(&uri, name);
    assert_eq!(before.len(), 6_000);
    assert_eq!(rows_of(&uri, copy), before);
    forget(kind, &[name, copy]);
}

#[test]
fn more_rows_than_the_server_returns_without_an_expression_are_refused_by_that_reason() {
    let options = StandaloneOptions::new().env("QUOTAANDLIMITS_LIMITS_MAXQUERYRESULTWINDOW", "500");
    let server = Server::Standalone(Box::new(Standalone::start(options).unwrap()));
    make(&server.uri(), "word_window", 600);
    change(&server.uri(), "client.flush('word_window')\nclient.release_collection('word_window')");
    let br = MilvusBr::new(server.uri());
    let outcome = br.run(&["create", "word_window"]).code(15);
    outcome.says(&["its primary key is named `like`", "reach", "maxQueryResultWindow"]);
    assert_eq!(br.listed(), Vec::<String>::new());
}
