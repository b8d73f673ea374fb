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
        let schema = maker.describe_collection(&"side_model".parse().unwrap()).await.unwrap().schema;
        let made: Vec<CollectionName> = (0..20).map(|number| format!("side_{number}").parse().unwrap()).collect();
        for name in &made {
            maker.create_collection(name, &schema).await.unwrap();
        }
        let changes = async {
            for name in &made {
                let renamed = format!("{name}_renamed").parse().unwrap();
                maker.rename_collection(name, &renamed).await.unwrap();
                maker.drop_collection(&renamed).await.unwrap();
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
