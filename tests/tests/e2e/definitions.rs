//! Restores that concern more than rows: aliases, a collection that is there already, and one that cannot be made.

use milvus_backup_testkit::{ServerKind, shared};
use milvus_backup_tests::{
    collections::{Plain, forget, names},
    comparison::Snapshot,
    milvus_br::MilvusBr,
    scripts::ask,
};
use serde_json::{Value, json};

on_both_servers!(aliases, a_database_that_is_missing, into_a_collection_that_is_there);

fn run(kind: ServerKind, body: &str, collection: &str) -> Value {
    let script = format!("from pymilvus import MilvusClient\nimport json\nclient = MilvusClient(given['uri'])\n{body}");
    ask(&script, &json!({ "uri": shared(kind).unwrap().uri(), "collection": collection }))
}

fn aliases_of(kind: ServerKind, collection: &str) -> Value {
    run(kind, "print(json.dumps(sorted(client.list_aliases(given['collection'])['aliases'])))", collection)
}

/// They come back when they are asked for, and are never taken from another collection.
fn aliases(kind: ServerKind) {
    let name = "def_aliased";
    Plain::on(kind, name).partition("_default", 20).make();
    run(kind, "client.create_alias(given['collection'], 'def_current')\nprint('null')", name);
    let br = MilvusBr::on(kind);
    let backup = br.create(&[name]);
    assert_eq!(br.json(&["show", &backup])["aliases"], json!(["def_current"]));

    br.restore(&backup, "def_copy", &[]);
    assert_eq!(aliases_of(kind, "def_copy"), json!([]), "aliases were restored unasked");
    let error = br.run(&["restore", &backup, "--to", "def_other", "--with-aliases", "--json"]).code(15).error();
    assert!(error["message"].as_str().unwrap().contains("def_current"), "{error}");
    assert!(!names(kind, "").contains(&"def_other".to_owned()));
    assert_eq!(aliases_of(kind, name), json!(["def_current"]));

    run(kind, "client.drop_alias('def_current')\nprint('null')", name);
    br.restore(&backup, "def_other", &["--with-aliases"]);
    assert_eq!(aliases_of(kind, "def_other"), json!(["def_current"]));

    // A collection that is replaced keeps its aliases.
    br.restore(&backup, "def_other", &["--drop-existing"]);
    assert_eq!(aliases_of(kind, "def_other"), json!(["def_current"]));
    run(kind, "client.drop_alias('def_current')\nprint('null')", name);
    forget(kind, &[name, "def_copy", "def_other"]);
}

/// It is made when that is asked for, with the properties it had; one that is there stays as it is.
fn a_database_that_is_missing(kind: ServerKind) {
    let (name, new) = ("def_placed", "def_new_database");
    Plain::on(kind, name).database("def_database").partition("_default", 20).make();
    let lite = kind == ServerKind::Lite322;
    let properties = json!(if lite { json!({ "database.max.collections": "7", "note": "ü" }) } else { json!({}) });
    if lite {
        alter_database(kind, "def_database", &properties);
    }
    let br = MilvusBr::on(kind);
    let backup = br.create(&[name, "--db", "def_database"]);
    let error = br.run(&["restore", &backup, "--db", new, "--json"]).code(10).error();
    assert!(error["hint"].as_str().unwrap().contains("--create-database"), "{error}");

    let restored = br.json(&["restore", &backup, "--db", new, "--create-database"]);
    assert_eq!(
        restored["limitations"].as_array().unwrap().iter().filter(|l| l.to_string().contains("database")).count(),
        0
    );
    let before = Snapshot::in_database(kind, "def_database", name);
    before.assert_same(&Snapshot::in_database(kind, new, name));
    if lite {
        assert_eq!(properties_of_database(kind, new), properties);
        alter_database(kind, new, &json!({ "note": "other" }));
    }
    let again = ["restore", &backup, "--db", new, "--create-database", "--to", "def_again"];
    let told = br.json(&again)["limitations"].to_string();
    assert_eq!(told.contains("`note` of the database was `ü`, and is `other`"), lite, "{told}");
}

fn alter_database(kind: ServerKind, database: &str, properties: &Value) {
    let script = "
from pymilvus import MilvusClient
MilvusClient(given['uri']).alter_database_properties(given['database'], given['properties'])
print('null')
";
    let uri = shared(kind).unwrap().uri();
    ask::<()>(script, &json!({ "uri": uri, "database": database, "properties": properties }));
}

fn properties_of_database(kind: ServerKind, database: &str) -> Value {
    let script = "
from pymilvus import MilvusClient
import json
told = MilvusClient(given['uri']).describe_database(given['database'])
print(json.dumps({key: value for key, value in told.items() if key != 'name'}))
";
    ask(script, &json!({ "uri": shared(kind).unwrap().uri(), "database": database }))
}

/// Its rows stay, and every difference is told before a row is inserted.
fn into_a_collection_that_is_there(kind: ServerKind) {
    let (source, fits, other) = ("def_source", "def_fits", "def_differs");
    Plain::on(kind, source).partition("_default", 30).partition("p1", 20).make();
    Plain::on(kind, other).partition("_default", 10).dim(16).make();
    let br = MilvusBr::on(kind);
    let backup = br.create(&[source]);
    let before = Snapshot::of(kind, other);
    let refused = ["restore", &backup, "--to", other, "--into-existing", "--json"];
    let error = br.run(&refused).code(15).error();
    assert!(error["message"].as_str().unwrap().contains("dim is 16, not 8"), "{error}");
    before.assert_same(&Snapshot::of(kind, other));

    br.restore(&backup, fits, &["--partition", "p1"]);
    let result = br.restore(&backup, fits, &["--partition", "_default", "--into-existing"]);
    assert_eq!(result["rows_restored"], 30);
    Snapshot::of(kind, source).assert_same_rows(&Snapshot::of(kind, fits));
    forget(kind, &[source, fits, other]);
}

/// What Milvus 2.3 cannot hold is told with all reasons, and nothing is created.
#[test]
fn a_schema_that_the_server_cannot_hold() {
    let (from, to) = (ServerKind::Lite322, ServerKind::Milvus235);
    let name = "def_modern";
    let script = "
from pymilvus import DataType
schema = client.create_schema(enable_dynamic_field=False)
schema.add_field('id', DataType.INT64, is_primary=True)
schema.add_field('price', DataType.DOUBLE, nullable=True)
schema.add_field('sparse', DataType.SPARSE_FLOAT_VECTOR)
schema.add_field('dense', DataType.FLOAT_VECTOR, dim=4)
client.create_collection(given['collection'], schema=schema)
index = client.prepare_index_params()
index.add_index('sparse', index_type='SPARSE_INVERTED_INDEX', metric_type='IP')
index.add_index('dense', index_type='FLAT', metric_type='L2')
client.create_index(given['collection'], index)
client.load_collection(given['collection'])
client.insert(given['collection'], [{'id': 1, 'price': None, 'sparse': {3: 0.5}, 'dense': [0.0] * 4}])
print('null')
";
    run(from, script, name);
    let br = MilvusBr::on(from);
    let backup = br.create(&[name]);
    let uri = shared(to).unwrap().uri();
    let outcome = br.run(&["restore", &backup, "--uri", &uri, "--json"]).code(15);
    let message = outcome.error()["message"].to_string();
    for reason in ["`price` is nullable", "`sparse` is of type SparseFloatVector", "2 vector fields"] {
        assert!(message.contains(reason), "{reason} is missing in {message}");
    }
    assert!(names(to, "").iter().all(|found| !found.contains(name)));
    forget(from, &[name]);
}
