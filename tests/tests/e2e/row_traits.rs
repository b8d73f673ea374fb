//! Rows that one server keeps, and another refuses or changes: known before the first of them is inserted.

use milvus_backup_testkit::{ServerKind, shared};
use milvus_backup_tests::{
    collections::{Plain, change, forget, names},
    comparison::Snapshot,
    milvus_br::MilvusBr,
    scripts::ask,
};
use serde_json::{Value, json};

/// Milvus Lite would let the key outside the schema win over the field, even over the primary key.
#[test]
fn keys_outside_the_schema_named_like_fields_do_not_go_to_milvus_lite() {
    let name = "trait_meta";
    Plain::on(ServerKind::Milvus235, name).partition("_default", 5).partition("p1", 4).make();
    let insert = "
raw = Milvus(uri)
meta = schema_pb2.FieldData(type=TYPE.JSON, field_name='$meta', is_dynamic=True)
meta.scalars.json_data.data.extend([b'{\"id\": 1000}', b'{\"other\": {\"id\": 3}}'])
ids = schema_pb2.FieldData(type=TYPE.Int64, field_name='id')
ids.scalars.long_data.data.extend([77, 78])
text = schema_pb2.FieldData(type=TYPE.VarChar, field_name='text')
text.scalars.string_data.data.extend(['a', 'b'])
vector = schema_pb2.FieldData(type=TYPE.FloatVector, field_name='vector')
vector.vectors.dim = 8
vector.vectors.float_vector.data.extend([0.5] * 16)
raw.call('Insert', milvus_pb2.InsertRequest(collection_name=name, partition_name='p1', num_rows=2,
                                            fields_data=[meta, ids, text, vector]))
client.flush(name)";
    change(&shared(ServerKind::Milvus235).unwrap().uri(), &format!("name = '{name}'{insert}"));
    let br = MilvusBr::on(ServerKind::Milvus235);
    let backup = br.create(&[name]);
    // The server that it is from takes it.
    br.restore(&backup, "trait_meta_copy", &[]);
    Snapshot::of(ServerKind::Milvus235, name).assert_same_rows(&Snapshot::of(ServerKind::Milvus235, "trait_meta_copy"));

    let lite = MilvusBr::on(ServerKind::Lite322).with_root(&br.root());
    lite.run(&["restore", &backup, "--to", "trait_meta_lite"])
        .code(15)
        .says(&["a key outside the schema is named like field `id`", "primary key \"77\""]);
    assert!(!names(ServerKind::Lite322, "").iter().any(|name| name.contains("trait_meta_lite")));
    let part = lite.json(&["restore", &backup, "--to", "trait_meta_lite", "--partition", "_default"]);
    assert_eq!(part["rows_restored"], 5);
    forget(ServerKind::Milvus235, &[name, "trait_meta_copy"]);
    forget(ServerKind::Lite322, &["trait_meta_lite"]);
}

/// Milvus Lite returns the JSON text `"3"` as `3`.
#[test]
fn json_texts_of_milvus_lite_stay_texts() {
    let (kind, name, copy) = (ServerKind::Lite322, "trait_texts", "trait_texts_copy");
    let uri = shared(kind).unwrap().uri();
    let cells =
        json!([r#""3""#, r#""true""#, r#""null""#, r#""plain""#, r#""""#, r#""[1,2]""#, r#"{"a": [1, 2]}"#, "[]"]);
    let make = "
import json
schema = client.create_schema()
schema.add_field('id', DataType.INT64, is_primary=True)
schema.add_field('j', DataType.JSON)
schema.add_field('vector', DataType.FLOAT_VECTOR, dim=2)
client.create_collection(name, schema=schema)
raw = Milvus(uri)
j = schema_pb2.FieldData(type=TYPE.JSON, field_name='j')
j.scalars.json_data.data.extend([cell.encode() for cell in cells])
ids = schema_pb2.FieldData(type=TYPE.Int64, field_name='id')
ids.scalars.long_data.data.extend(range(len(cells)))
vector = schema_pb2.FieldData(type=TYPE.FloatVector, field_name='vector')
vector.vectors.dim = 2
vector.vectors.float_vector.data.extend([0.5] * 2 * len(cells))
raw.call('Insert', milvus_pb2.InsertRequest(collection_name=name, num_rows=len(cells), fields_data=[j, ids, vector]))
client.load_collection(name)";
    change(&uri, &format!("name = '{name}'\ncells = {cells}{make}"));
    let br = MilvusBr::on(kind);
    let created = br.json(&["create", name]);
    assert!(created["limitations"].to_string().contains("JSON texts without their quotes"), "{created}");
    let backup = created["backup_id"].as_str().unwrap();
    let shown = br.json(&["show", backup]);
    let traits = &shown["partitions"][0]["chunks"][0]["row_traits"];
    assert_eq!(traits[0]["kind"], "json_text", "{shown}");
    br.restore(backup, copy, &[]);
    let returned = |name: &str| -> Vec<Value> {
        let script = "
from pymilvus import MilvusClient
raw = Milvus(given['uri'])
column = raw.query(given['name'], 'id >= 0', ['id', 'j'])
order = scalars(column['id'].scalars)
import json
print(json.dumps([cell.decode() for _, cell in sorted(zip(order, column['j'].scalars.json_data.data))]))
";
        ask(script, &json!({ "uri": uri, "name": name }))
    };
    assert_eq!(returned(copy), returned(name));
    br.run(&["verify", backup, "--mode", "deep"]).code(0);
    // Milvus 2.3.5 takes only objects.
    let milvus = MilvusBr::on(ServerKind::Milvus235).with_root(&br.root());
    milvus
        .run(&["restore", backup, "--to", "trait_texts_235"])
        .code(15)
        .says(&["field `j` holds a JSON text", "field `j` holds a JSON array"]);
    forget(kind, &[name, copy]);
}

/// Milvus Lite keeps the newer of two rows of one key, wherever they are, as long as both are not flushed.
#[test]
fn a_key_in_several_partitions_comes_back_in_each() {
    for kind in [ServerKind::Lite322, ServerKind::Milvus235] {
        let (name, copy) = ("trait_shared", "trait_shared_copy");
        Plain::on(kind, name).partition("_default", 10).partition("other", 0).partition("third", 0).make();
        let uri = shared(kind).unwrap().uri();
        change(
            &uri,
            &format!(
                "
client.flush('{name}')
for partition in ['other', 'third']:
    rows = [{{'id': i, 'text': partition, 'vector': [0.25] * 8}} for i in range(10)]
    client.insert('{name}', rows, partition_name=partition)
    client.flush('{name}')"
            ),
        );
        let before = Snapshot::of(kind, name);
        assert_eq!(before.row_count(), 30);
        let br = MilvusBr::on(kind);
        let backup = br.create(&[name]);
        br.restore(&backup, copy, &[]);
        before.assert_same_rows(&Snapshot::of(kind, copy));
        br.run(&["verify", &backup, "--mode", "deep"]).code(0);
        forget(kind, &[name, copy]);
    }
}
