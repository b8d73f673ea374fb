//! What only the standalone Milvus does.

use milvus_backup_testkit::{Error, Standalone, StandaloneOptions, Tls, Witness};
use serde_json::json;

use crate::servers::{COUNT, CREATE};

#[test]
fn a_killed_server_comes_back_with_its_data() {
    let witness = Witness::new().unwrap();
    let mut server = Standalone::start(StandaloneOptions::new()).unwrap();
    let given = json!({ "uri": server.uri(), "name": "films" });
    witness.ask::<Vec<String>>(CREATE, &given).unwrap();
    assert!(server.data_dir().join("insert_log").is_dir());
    server.kill();
    assert_eq!(server.pid(), None);
    server.restart().unwrap();
    assert_eq!(witness.ask::<usize>(COUNT, &given).unwrap(), 10);
}

#[test]
fn authorization_asks_for_the_token() {
    let witness = Witness::new().unwrap();
    let server = Standalone::start(StandaloneOptions::new().authorization()).unwrap();
    let with = |token: Option<&str>| json!({ "uri": server.uri(), "name": "films", "token": token.unwrap_or("") });
    assert!(witness.ask::<Vec<String>>(CREATE, &with(Some("root:wrong"))).is_err());
    assert_eq!(witness.ask::<Vec<String>>(CREATE, &with(server.token())).unwrap(), ["films"]);
}

#[test]
fn a_failed_start_shows_why() {
    // Milvus then crashes with a long dump, of which the reason is at the beginning.
    let options = StandaloneOptions::new().env("ETCD_CONFIG_PATH", "/nonexistent/etcd.yaml");
    let error = Standalone::start(options).unwrap_err();
    assert!(matches!(error, Error::Start { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("it exited") && text.contains("InitEtcdServer"), "{text}");
}

#[test]
fn mutual_tls_with_authorization() {
    let dir = tempfile::tempdir().unwrap();
    let tls = Tls::mutual(dir.path()).unwrap();
    let client = tls.client.clone().unwrap();
    let options = StandaloneOptions::new().tls(tls.clone()).authorization();
    let server = Standalone::start(options).unwrap();
    assert!(server.uri().starts_with("https://127.0.0.1:"));
    let script = "
import json, pymilvus
client = pymilvus.MilvusClient(given['uri'], token=given['token'], secure=True, server_name=given['server_name'],
    ca_pem_path=given['ca'], client_pem_path=given['certificate'], client_key_path=given['key'])
print(json.dumps(client.list_collections()))
";
    let given = json!({
        "uri": server.uri(), "token": server.token(), "server_name": tls.server_name, "ca": tls.ca,
        "certificate": client.certificate, "key": client.key,
    });
    let names: Vec<String> = Witness::new().unwrap().ask(script, &given).unwrap();
    assert!(names.is_empty());
}
