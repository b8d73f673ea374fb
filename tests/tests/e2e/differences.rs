//! Rows that a server counts and does not return: explained by what they are, and a failure where nothing explains them.

use milvus_backup_testkit::{ServerKind, shared};
use milvus_backup_tests::{
    collections::{change, forget},
    comparison::Snapshot,
    milvus_br::MilvusBr,
};

const KIND: ServerKind = ServerKind::Milvus235;

/// A collection with an `Int64` key and these statements of pymilvus after it was made.
fn make(name: &str, statements: &str) {
    change(
        &shared(KIND).unwrap().uri(),
        &format!(
            "
schema = client.create_schema()
schema.add_field('id', DataType.INT64, is_primary=True)
schema.add_field('vector', DataType.FLOAT_VECTOR, dim=4)
name = '{name}'
client.create_collection(name, schema=schema)
row = lambda key: {{'id': key, 'vector': [float(key % 1000), 1, 2, 3]}}
{statements}
index = client.prepare_index_params()
index.add_index('vector', index_type='FLAT', metric_type='L2')
client.create_index(name, index)
client.load_collection(name)"
        ),
    );
}

#[test]
fn copies_of_keys_are_counted_and_explained() {
    let (name, copy) = ("differ_copies", "differ_copies_copy");
    let inserts = "
client.insert(name, [row(key) for key in range(2000)])
client.flush(name)
client.insert(name, [row(key) for key in range(500, 510)] * 2)
client.flush(name)
client.insert(name, [row(key) for key in range(1990, 2010)])";
    make(name, inserts);
    let br = MilvusBr::on(KIND);
    let created = br.json(&["create", name, "--strict"]);
    assert_eq!(created["row_count"], 2010, "{created}");
    let said = "partition `_default`: Milvus counts 2040 rows and returned 2010: 30 further copies of 20 primary keys";
    let limitations = created["limitations"].to_string();
    assert!(limitations.contains(said), "{limitations}");
    br.restore(created["backup_id"].as_str().unwrap(), copy, &[]);
    assert_eq!(Snapshot::of(KIND, copy).row_count(), 2010);
    forget(KIND, &[name, copy]);
}

/// Milvus 2.3.5 counts the largest key, and no query returns it.
#[test]
fn rows_that_no_query_returns_fail_a_strict_create() {
    let name = "differ_lost";
    make(name, "client.insert(name, [row(key) for key in [*range(100), 2**63 - 1]])\nclient.flush(name)");
    let br = MilvusBr::on(KIND);
    let strict = br.run(&["create", name, "--strict", "--json"]).code(13);
    let strict = strict.says(&["rows may be missing", "1 row that no query returns"]);
    assert_eq!(strict.error()["kind"], "corrupted");
    assert_eq!(br.listed(), Vec::<String>::new());
    let created = br.json(&["create", name]);
    assert!(created["limitations"].to_string().contains("1 row that no query returns"), "{created}");
    forget(KIND, &[name]);
}

/// Deleted rows are stored until they are compacted away: they are no rows that are missing.
#[test]
fn deleted_rows_are_no_difference() {
    let name = "differ_deleted";
    let deletes = "
client.insert(name, [row(key) for key in range(1000)])
client.flush(name)";
    make(name, deletes);
    change(&shared(KIND).unwrap().uri(), &format!("client.delete('{name}', ids=list(range(100, 400)))"));
    let br = MilvusBr::on(KIND);
    let created = br.json(&["create", name, "--strict"]);
    assert_eq!(created["row_count"], 700, "{created}");
    assert!(!created["limitations"].to_string().contains("Milvus counts"), "{created}");
    forget(KIND, &[name]);
}
