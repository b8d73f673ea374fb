//! Collections in two databases, and what tests ask of results.

use milvus_backup_testkit::{ServerKind, shared};
use milvus_backup_tests::collections::{Plain, change, forget, names};
use serde_json::Value;

/// Makes two collections of 20 and 30 rows in a database of this name, and one of 10 rows in the default one, all with
/// names that begin with the prefix.
pub(super) fn three(kind: ServerKind, prefix: &str) -> String {
    let database = format!("{prefix}_db");
    Plain::on(kind, &format!("{prefix}_home")).partition("_default", 10).make();
    for (name, rows) in [("a", 20), ("b", 30)] {
        Plain::on(kind, &format!("{prefix}_{name}")).database(&database).partition("_default", rows).make();
    }
    database
}

/// One member of each document of an array.
pub(super) fn each(documents: &Value, member: &str) -> Vec<Value> {
    documents.as_array().unwrap().iter().map(|document| document[member].clone()).collect()
}

/// Drops the collections with this prefix in the default database and in another one, and no others.
pub(super) fn forget_all(kind: ServerKind, prefix: &str, database: &str) {
    let ours = |name: &String| name.starts_with(prefix);
    let home: Vec<String> = names(kind, "").into_iter().filter(ours).collect();
    forget(kind, &home.iter().map(String::as_str).collect::<Vec<_>>());
    for name in names(kind, database).into_iter().filter(ours) {
        drop_in(kind, database, &name);
    }
}

/// Drops a collection of a database.
pub(super) fn drop_in(kind: ServerKind, database: &str, name: &str) {
    let statement = format!("MilvusClient(uri, db_name='{database}').drop_collection('{name}')");
    change(&shared(kind).unwrap().uri(), &statement);
}
