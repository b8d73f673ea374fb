//! Servers that compact and delete files all the time, with their data in a directory or in a bucket.

use milvus_backup_testkit::{Credentials, Standalone, StandaloneOptions, StoreKind, shared_store};
use milvus_backup_tests::milvus_br::MilvusBr;

/// A server of its own, with the command that reads its storage.
pub(super) struct Restless {
    pub(super) br: MilvusBr,
    pub(super) uri: String,
    _server: Standalone,
}

impl Restless {
    /// With its data in a directory.
    pub(super) fn on_disk() -> Self {
        let server = Standalone::start(options()).unwrap();
        let storage = server.data_dir();
        let br = MilvusBr::new(server.uri()).with_env("MILVUS_BR_MILVUS_STORAGE", storage.to_str().unwrap());
        Self { br, uri: server.uri(), _server: server }
    }

    /// With its data in a bucket, which the command may only read.
    pub(super) fn on_s3() -> Self {
        let store = shared_store(StoreKind::SeaweedFs).unwrap();
        let bucket = store.root().unwrap();
        let url = bucket.url();
        let (name, path) = url.strip_prefix("s3://").unwrap().split_once('/').unwrap();
        let (host, port) = bucket.endpoint().strip_prefix("http://").unwrap().split_once(':').unwrap();
        let variables = bucket.environment();
        let variable = |wanted: &str| variables.iter().find(|(name, _)| name == wanted).unwrap().1.clone();
        let options = options()
            .env("COMMON_STORAGETYPE", "minio")
            .env("MINIO_ADDRESS", host)
            .env("MINIO_PORT", port)
            .env("MINIO_ACCESSKEYID", variable("AWS_ACCESS_KEY_ID"))
            .env("MINIO_SECRETACCESSKEY", variable("AWS_SECRET_ACCESS_KEY"))
            .env("MINIO_BUCKETNAME", name)
            .env("MINIO_ROOTPATH", path)
            .env("MINIO_REGION", "us-east-1")
            .env("MINIO_USESSL", "false")
            // No file can be held open in a bucket.
            .env("DATACOORD_GC_INTERVAL", "60")
            .env("DATACOORD_GC_DROPTOLERANCE", "60");
        let server = Standalone::start(options).unwrap();
        let br = MilvusBr::new(server.uri()).with_env("MILVUS_BR_MILVUS_STORAGE", &url);
        let reader = store.root_with(&bucket, Credentials::ReadOnly).unwrap().environment();
        let br = reader.into_iter().fold(br, |br, (name, value)| br.with_env(&format!("MILVUS_STORAGE_{name}"), value));
        Self { br, uri: server.uri(), _server: server }
    }
}

/// Automatic compactions every few seconds; the files of replaced segments are deleted seconds later.
fn options() -> StandaloneOptions {
    StandaloneOptions::new()
        .env("DATACOORD_COMPACTION_GLOBAL_INTERVAL", "5")
        .env("DATACOORD_GC_INTERVAL", "4")
        .env("DATACOORD_GC_DROPTOLERANCE", "4")
}
