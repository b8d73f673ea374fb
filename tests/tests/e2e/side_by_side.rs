//! Several clients at once on one server.

use milvus_backup_client::{ConnectionOptions, MilvusConnection};
use milvus_backup_core::{Catalog, CollectionName};
use milvus_backup_testkit::{ServerKind, shared};
use milvus_backup_tests::collections::Plain;

on_both_servers!(lists_while_others_rename_and_drop);

/// Milvus Lite 3 opens each collection to list them all, and refuses when one goes away meanwhile.
fn lists_while_others_rename_and_drop(kind: ServerKind) {
    Plain::on(kind, "side_model").partition("_default", 1).make();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let connect = || MilvusConnection::connect(ConnectionOptions::new(shared(kind).unwrap().uri()));
        let (maker, reader) = (connect().await.unwrap(), connect().await.unwrap());
        let [model, first, second] = ["side_model", "side_first", "side_second"].map(|name| name.parse().unwrap());
        let schema = maker.describe_collection(&model).await.unwrap().schema;
        let changes = async {
            for _ in 0..20 {
                let names: (&CollectionName, &CollectionName) = (&first, &second);
                maker.create_collection(names.0, &schema).await.unwrap();
                maker.rename_collection(names.0, names.1).await.unwrap();
                maker.drop_collection(names.1).await.unwrap();
            }
        };
        let lists = async {
            loop {
                assert!(reader.list_collections().await.unwrap().contains(&"side_model".to_owned()));
            }
        };
        tokio::select! { () = changes => {}, () = lists => {} }
    });
}
