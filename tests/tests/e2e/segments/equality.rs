//! The rows from segment files equal those by queries, and those that went in.

use milvus_backup_testkit::shared;
use milvus_backup_tests::{
    collections::{Key, Plain, change, everything, forget},
    comparison::Snapshot,
};
use serde_json::json;

use super::support::{MILVUS, assert_of_segments, assert_same_by_both, with_storage};

#[test]
fn every_scalar_with_int64_keys_comes_back() {
    comes_back("segments_int64", Key::Int64);
}

#[test]
fn every_scalar_with_varchar_keys_comes_back() {
    comes_back("segments_varchar", Key::VarChar);
}

/// Backs up a collection of everything with deletes and upserts in its past, verifies it, restores it and compares.
fn comes_back(name: &str, key: Key) {
    let made = everything(MILVUS, name, key, 6_000);
    let before = Snapshot::of(MILVUS, name);
    assert_eq!(before.counts(), made, "deletes and upserts took effect");
    let br = with_storage();
    let backup = br.create(&[name, "--chunk-size", "1MB"]);
    assert_of_segments(&br, &backup);
    br.run(&["verify", &backup, "--mode", "quick", "--sample", "100"]).code(0);
    br.run(&["verify", &backup, "--mode", "deep"]).code(0);
    let copy = format!("{name}_copy");
    let result = br.restore(&backup, &copy, &[]);
    assert_eq!(result["rows_restored"], json!(before.row_count()));
    before.assert_same(&Snapshot::of(MILVUS, &copy));
    forget(MILVUS, &[name, &copy]);
}

#[test]
fn three_partitions_and_one_that_was_dropped() {
    let name = "segments_partitions";
    let rows = Plain::on(MILVUS, name).partition("_default", 3_000).partition("p1", 500).partition("p2", 700).make();
    let uri = shared(MILVUS).unwrap().uri();
    assert_eq!(assert_same_by_both(name), rows);
    change(&uri, &format!("client.release_partitions('{name}', ['p2'])\nclient.drop_partition('{name}', 'p2')"));
    assert_eq!(assert_same_by_both(name), rows - 700);
    forget(MILVUS, &[name]);
}

#[test]
fn generated_keys_and_texts_as_keys() {
    let rows = Plain::on(MILVUS, "segments_auto_id").partition("_default", 2_000).auto_id().make();
    assert_eq!(assert_same_by_both("segments_auto_id"), rows);
    let rows = Plain::on(MILVUS, "segments_texts").partition("_default", 2_000).partition("p", 9).text_keys().make();
    assert_eq!(assert_same_by_both("segments_texts"), rows);
    forget(MILVUS, &["segments_auto_id", "segments_texts"]);
}

/// Rows among 16 partitions that no call can name, with deletes that name none.
#[test]
fn a_partition_key() {
    let name = "segments_key";
    change(
        &shared(MILVUS).unwrap().uri(),
        &format!(
            "
schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
schema.add_field('id', DataType.INT64, is_primary=True)
schema.add_field('tenant', DataType.VARCHAR, max_length=20, is_partition_key=True)
schema.add_field('bits', DataType.BINARY_VECTOR, dim=16)
client.create_collection('{name}', schema=schema)
rows = [{{'id': n, 'tenant': f'tenant {{n % 37}}', 'bits': bytes([n % 256, n // 256])}} for n in range(3000)]
client.insert('{name}', rows)
index = client.prepare_index_params()
index.add_index('bits', index_type='BIN_FLAT', metric_type='HAMMING', params={{}})
client.create_index('{name}', index)
client.load_collection('{name}')
client.delete('{name}', ids=list(range(0, 3000, 10)))
"
        ),
    );
    assert_eq!(assert_same_by_both(name), 2_700);
    forget(MILVUS, &[name]);
}

/// Rows of a bulk import have one timestamp, and row ids of their own.
#[test]
fn imported_rows() {
    let name = "segments_imported";
    let rows = Plain::on(MILVUS, name).partition("_default", 1_500).partition("p1", 300).make();
    let br = with_storage();
    let backup = br.create(&[name, "--chunk-size", "1MB"]);
    let copy = "segments_imported_copy";
    br.restore(&backup, copy, &["--method", "import", "--load"]);
    assert_eq!(assert_same_by_both(copy), rows);
    forget(MILVUS, &[name, copy]);
}
