//! Addresses: the database in their path, no secrets in them, and servers that are something else than Milvus.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{collections::Plain, milvus_br::MilvusBr};
use serde_json::json;

on_both_servers!(the_path_of_an_address_is_the_database);

fn the_path_of_an_address_is_the_database(kind: ServerKind) {
    Plain::on(kind, "address_films").database("address_shop").partition("_default", 10).make();
    let uri = milvus_backup_testkit::shared(kind).unwrap().uri();
    let br = MilvusBr::new(format!("{uri}/address_shop"));
    let backup = br.create(&["address_films"]);
    let shown = br.json(&["show", "address_films@latest"]);
    assert_eq!((&shown["backup_id"], &shown["database"]), (&json!(backup), &json!("address_shop")));
    assert_eq!(br.json(&["list", "address_films"]).as_array().unwrap().len(), 1);
    br.restore(&backup, "address_films_copy", &["--db", "address_shop"]);

    let error = br.run(&["create", "address_films", "--db", "default", "--json"]).code(2).error();
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("`default`") && message.contains("`address_shop`"), "{message}");
}

#[test]
fn addresses_that_are_refused() {
    for (uri, secret) in [
        ("http://root:Secret@127.0.0.1:1", "Secret"),
        ("root:Secret@127.0.0.1:1", "Secret"),
        ("http://127.0.0.1:1/a/b", "\u{0}"),
        ("http://127.0.0.1:1?token=Secret", "Secret"),
    ] {
        let outcome = MilvusBr::offline().run(&["create", "films", "--json", "--uri", uri]).code(2);
        assert!(!format!("{}{}", outcome.stdout, outcome.stderr).contains(secret), "{outcome:#?}");
        let error = outcome.error();
        assert_eq!(error["hint"].to_string().contains("MILVUS_TOKEN"), uri.contains('@'), "{error}");
    }
}

/// Answers every connection with these bytes, once it has sent something.
fn serve(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut bytes = [0; 1 << 14];
            let mut sent = false;
            // HTTP/2 asks with a frame of headers after its settings.
            while let Ok(read @ 1..) = connection.read(&mut bytes) {
                let asked = !answer.starts_with(b"\0") || bytes[..read].windows(6).any(|frame| frame == HEADERS);
                if asked && !sent {
                    sent = connection.write_all(answer).is_ok();
                }
            }
        }
    });
    uri
}

/// Kind, flags and stream of the first request.
const HEADERS: &[u8] = &[1, 4, 0, 0, 0, 1];

#[test]
fn a_server_that_is_not_milvus() {
    // Settings, and then a frame of headers that ends the stream: status 404, entry 13 of the static table.
    let http_2 = b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x05\0\0\0\x01\x8d";
    for answer in [&http_2[..], b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"] {
        let br = MilvusBr::new(serve(answer));
        let outcome = br.run(&["create", "films", "--json"]).code(14).says(&["does not speak Milvus' gRPC protocol"]);
        assert!(!outcome.stderr.contains("check that Milvus is running"), "{outcome:#?}");
        outcome.error();
    }
}
