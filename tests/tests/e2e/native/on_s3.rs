//! The tool itself with a Milvus whose data is in a bucket, wherever the tool is installed.

use milvus_backup_testkit::{Standalone, StandaloneOptions, StoreKind, StoreRoot, shared_store};
use milvus_backup_tests::{collections::Plain, comparison::Snapshot, milvus_br::MilvusBr};

use super::support::{Native, real_tool};

/// A server of its own, and the bucket that has its data.
fn server() -> (Standalone, StoreRoot) {
    let bucket = shared_store(StoreKind::SeaweedFs).unwrap().root().unwrap();
    let url = bucket.url();
    let (name, path) = url.strip_prefix("s3://").unwrap().split_once('/').unwrap();
    let (host, port) = bucket.endpoint().strip_prefix("http://").unwrap().split_once(':').unwrap();
    let variables = bucket.environment();
    let variable = |wanted: &str| variables.iter().find(|(name, _)| name == wanted).unwrap().1.clone();
    let options = StandaloneOptions::new()
        .env("COMMON_STORAGETYPE", "minio")
        .env("MINIO_ADDRESS", host)
        .env("MINIO_PORT", port)
        .env("MINIO_ACCESSKEYID", variable("AWS_ACCESS_KEY_ID"))
        .env("MINIO_SECRETACCESSKEY", variable("AWS_SECRET_ACCESS_KEY"))
        .env("MINIO_BUCKETNAME", name)
        .env("MINIO_ROOTPATH", path)
        .env("MINIO_REGION", "us-east-1")
        .env("MINIO_USESSL", "false");
    (Standalone::start(options).unwrap(), bucket)
}

#[test]
fn backups_in_a_bucket_and_in_a_directory_are_restored_by_the_tool() {
    let Some(executable) = real_tool("backups_in_a_bucket_and_in_a_directory_are_restored_by_the_tool") else { return };
    let (milvus, bucket) = server();
    let (uri, name) = (milvus.uri(), "native_s3");
    Plain::at(&uri, name).partition("_default", 1_500).partition("p1", 300).make();
    let before = Snapshot::at(&uri, "", name);
    for in_bucket in [true, false] {
        let target = if in_bucket { "native_s3_bucket" } else { "native_s3_disk" };
        let mut br = MilvusBr::new(&uri).with_env("MILVUS_BR_MILVUS_STORAGE", bucket.url());
        for (name, value) in bucket.environment() {
            br = br.with_env(&format!("MILVUS_STORAGE_{name}"), value);
        }
        if in_bucket {
            br = br.rooted(shared_store(StoreKind::SeaweedFs).unwrap().root().unwrap());
        }
        let native = Native::around(&executable, br);
        let backup = native.br.create(&[name]);
        native.br.restore(&backup, target, &["--method", "tool"]);
        before.assert_same_rows(&Snapshot::at(&uri, "", target));
        native.br.run(&["delete", &backup, "--yes"]).code(0);
        native.assert_nothing_left();
    }
}
