//! Collections that queries cannot read: without an index, not loaded, or without rows.

use milvus_backup_testkit::shared;
use milvus_backup_tests::{
    collections::{Plain, change, forget},
    scripts::ask,
};
use serde_json::json;

use super::support::{MILVUS, assert_of_segments, assert_same_by_both, digests, with_storage};

#[test]
fn a_collection_without_an_index() {
    let name = "segments_bare";
    let rows = Plain::on(MILVUS, name).partition("_default", 2_000).partition("p1", 10).without_index().make();
    let br = with_storage();
    let backup = br.create(&[name, "--load", "never"]);
    assert_of_segments(&br, &backup);
    let uri = shared(MILVUS).unwrap().uri();
    change(
        &uri,
        &format!(
            "index = client.prepare_index_params()
index.add_index('vector', index_type='FLAT', metric_type='L2', params={{}})
client.create_index('{name}', index)"
        ),
    );
    assert_eq!(assert_same_by_both(name), rows);
    let query = br.create(&[name, "--source", "query"]);
    assert_eq!(digests(&br, &backup), digests(&br, &query));
    forget(MILVUS, &[name]);
}

#[test]
fn a_released_collection_stays_released() {
    let name = "segments_released";
    let rows = Plain::on(MILVUS, name).partition("_default", 2_000).released().make();
    let br = with_storage();
    let result = br.json(&["create", name, "--load", "never"]);
    assert_eq!((&result["row_count"], &result["metadata"]["was_loaded"]), (&json!(rows), &json!(false)), "{result}");
    let state: String = ask(
        "
from pymilvus import MilvusClient
print(json.dumps(str(MilvusClient(given['uri']).get_load_state(given['collection'])['state'])))
",
        &json!({ "uri": shared(MILVUS).unwrap().uri(), "collection": name }),
    );
    assert!(state.contains("NotLoad"), "{state}");
    forget(MILVUS, &[name]);
}

#[test]
fn an_empty_collection_and_an_empty_partition() {
    let name = "segments_empty";
    Plain::on(MILVUS, name).partition("p1", 0).make();
    assert_eq!(assert_same_by_both(name), 0);
    change(
        &shared(MILVUS).unwrap().uri(),
        &format!(
            "client.insert('{name}', [{{'id': 1, 'text': 't', 'vector': [0.5] * 8}}])\nclient.delete('{name}', ids=[1])"
        ),
    );
    assert_eq!(assert_same_by_both(name), 0);
    forget(MILVUS, &[name]);
}
