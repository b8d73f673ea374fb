//! What holds for every kind of server.

use milvus_backup_testkit::{Lite, LiteVersion, Server, ServerKind, Witness, shared};
use serde_json::json;

/// Creates a collection with rows in it and answers with the names of all collections.
pub(crate) const CREATE: &str = "
import json, pymilvus
client = pymilvus.MilvusClient(given['uri'], token=given.get('token', ''))
client.create_collection(given['name'], dimension=4)
client.insert(given['name'], [{'id': n, 'vector': [n, 1, 2, 3], 'word': 'w'} for n in range(10)])
client.flush(given['name'])
print(json.dumps(sorted(client.list_collections())))
";

/// How many rows a collection holds.
pub(crate) const COUNT: &str = "
import json, pymilvus
client = pymilvus.MilvusClient(given['uri'], token=given.get('token', ''))
client.load_collection(given['name'])
rows = client.query(given['name'], 'id >= 0', output_fields=['id'], consistency_level='Strong', limit=100)
print(json.dumps(len(rows)))
";

#[test]
fn each_shared_server_takes_a_collection() {
    let witness = Witness::new().unwrap();
    for kind in ServerKind::ALL {
        let server = shared(kind).unwrap();
        assert_eq!(server.kind(), kind);
        let given = json!({ "uri": server.uri(), "name": "films" });
        let names: Vec<String> = witness.ask(CREATE, &given).unwrap();
        assert_eq!(names, ["films"], "{kind:?}");
        let rows: usize = witness.ask(COUNT, &given).unwrap();
        assert_eq!(rows, 10, "{kind:?}");
    }
}

#[test]
fn two_servers_of_a_kind_do_not_meet() {
    let witness = Witness::new().unwrap();
    let first = Server::start(ServerKind::Lite251).unwrap();
    let second = Server::start(ServerKind::Lite251).unwrap();
    for server in [&first, &second] {
        let given = json!({ "uri": server.uri(), "name": "films" });
        assert_eq!(witness.ask::<Vec<String>>(CREATE, &given).unwrap(), ["films"]);
    }
}

#[test]
fn lite_keeps_its_data_over_a_restart_and_on_a_path_of_the_caller() {
    let witness = Witness::new().unwrap();
    for version in [LiteVersion::V3_2_2, LiteVersion::V2_5_1] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kept.db");
        let mut server = Lite::start_on(version, &path).unwrap();
        let given = json!({ "uri": server.uri(), "name": "films" });
        witness.ask::<Vec<String>>(CREATE, &given).unwrap();
        let before = server.pid();
        server.restart().unwrap();
        assert_ne!(server.pid(), before);
        assert_eq!(witness.ask::<usize>(COUNT, &given).unwrap(), 10, "{version:?}");
        drop(server);
        assert!(path.exists(), "{version:?}");
    }
}
