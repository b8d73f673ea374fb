//! The forms of both versions. That they work was found out with the tool itself.

use std::path::PathBuf;

use milvus_backup_storage::{Place, StoreOptions};
use serde_json::Value;

use super::*;
use crate::tool::Features;

const PATHS: Paths<'_> = Paths { backups: "/backups/films/id/data", log: "/private/tool.log" };

fn bucket(root: &str, port: &str, secret: &str) -> Place {
    let variables = [
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")),
        ("AWS_ACCESS_KEY_ID", "key".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", secret.to_owned()),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value));
    Place::of(root, &StoreOptions::default().with_environment(variables)).unwrap()
}

fn settings(milvus_storage: Place, backup_storage: Place) -> ToolSettings {
    let server = MilvusServer::new("http://127.0.0.1:19530", Some("root:a\"b: #c"), ServerTls::default()).unwrap();
    ToolSettings { server, milvus_storage, backup_storage }
}

fn local() -> ToolSettings {
    settings(Place::Directory("/var/lib/milvus".into()), Place::Directory("/backups".into()))
}

fn written(version: (u32, u32, u32), settings: &ToolSettings) -> Value {
    document(Features::of_release(version.0, version.1, version.2), settings, PATHS)
}

#[test]
fn nothing_of_a_local_storage_is_left_to_a_default() {
    let v1 = written((0, 5, 16), &local());
    assert_eq!(v1["minio"]["storageType"], "local");
    assert_eq!(v1["minio"]["backupStorageType"], "local");
    assert_eq!(v1["minio"]["rootPath"], "/var/lib/milvus");
    assert_eq!(v1["minio"]["backupRootPath"], PATHS.backups);
    assert_eq!(v1["minio"]["bucketName"], v1["minio"]["backupBucketName"]);
    assert_eq!(v1["minio"]["crossStorage"], false);
    assert_eq!(v1["log"]["console"], false);
    assert_eq!(v1["log"]["file"]["filename"], PATHS.log);
    assert_eq!(v1["milvus"]["password"], "a\"b: #c");
    assert_eq!(v1["backup"]["gcPause"]["enable"], false);
    let v2 = written((0, 6, 0), &local());
    assert_eq!((&v2["configVersion"], &v2["minio"]), (&"v2".into(), &Value::Null));
    assert_eq!(v2["milvus"]["storage"], serde_json::json!({ "provider": "local", "rootPath": "/var/lib/milvus" }));
    assert_eq!(v2["backup"]["storage"]["rootPath"], PATHS.backups);
    assert_eq!(v2["log"]["file"]["path"], PATHS.log);
}

#[test]
fn each_bucket_has_its_own_address_and_keys() {
    let both = settings(bucket("s3://milvus/files", "8333", "one"), bucket("s3://backups", "8334", "two"));
    let v1 = written((0, 5, 16), &both);
    let minio = &v1["minio"];
    assert_eq!(
        (&minio["bucketName"], &minio["rootPath"], &minio["port"]),
        (&"milvus".into(), &"files".into(), &8333.into())
    );
    assert_eq!((&minio["secretAccessKey"], &minio["backupSecretAccessKey"]), (&"one".into(), &"two".into()));
    assert_eq!((&minio["backupBucketName"], &minio["backupPort"]), (&"backups".into(), &8334.into()));
    assert_eq!((&minio["backupUseSSL"], &minio["backupUseIAM"]), (&false.into(), &false.into()));
    assert_eq!(minio["crossStorage"], true);
    let v2 = written((0, 6, 0), &both);
    assert_eq!(v2["milvus"]["storage"]["auth"]["secretAccessKey"], "one");
    assert_eq!(v2["backup"]["storage"]["auth"]["type"], "static");
    assert_eq!(v2["transfer"]["mode"], "streaming");
    let same = settings(bucket("s3://milvus/files", "8333", "one"), bucket("s3://backups", "8333", "one"));
    assert_eq!(written((0, 5, 16), &same)["minio"]["crossStorage"], false);
}

#[test]
fn a_machine_with_a_role_needs_no_keys() {
    let place = || Place::of("s3://bucket", &StoreOptions::default()).unwrap();
    let role = settings(place(), place());
    let v1 = written((0, 5, 16), &role);
    assert_eq!((&v1["minio"]["useIAM"], &v1["minio"]["accessKeyID"]), (&true.into(), &"".into()));
    assert_eq!(written((0, 6, 0), &role)["milvus"]["storage"]["auth"], serde_json::json!({ "type": "iam" }));
}

#[test]
fn tls_has_one_mode_for_each_way_of_being_recognised() {
    let with = |tls: ServerTls| {
        let server = MilvusServer::new("https://milvus:19530", None, tls).unwrap();
        ToolSettings { server, ..local() }
    };
    let server = with(ServerTls { ca_certificate: Some("/ca.pem".into()), ..ServerTls::default() });
    let v1 = written((0, 5, 16), &server);
    assert_eq!((&v1["milvus"]["tlsMode"], &v1["milvus"]["caCertPath"]), (&1.into(), &"/ca.pem".into()));
    assert_eq!(written((0, 6, 0), &server)["milvus"]["grpc"]["tlsMode"], "server");
    let pair: (PathBuf, PathBuf) = ("/cert.pem".into(), "/key.pem".into());
    let mutual = with(ServerTls { client_certificate: Some(pair), ..ServerTls::default() });
    let v1 = written((0, 5, 16), &mutual);
    assert_eq!((&v1["milvus"]["tlsMode"], &v1["milvus"]["mtlsKeyPath"]), (&2.into(), &"/key.pem".into()));
    assert_eq!(written((0, 6, 0), &mutual)["milvus"]["grpc"]["tlsMode"], "mutual");
    assert_eq!(written((0, 5, 16), &local())["milvus"]["tlsMode"], 0);
}

#[test]
fn secrets_are_known_and_not_in_the_debug_output() {
    let both = settings(bucket("s3://milvus", "1", "hidden-one"), bucket("s3://backups", "2", "hidden-two"));
    assert_eq!(both.secrets(), ["a\"b: #c", "hidden-one", "hidden-two"]);
    let debug = format!("{both:?}");
    assert!(!debug.contains("hidden-") && !debug.contains("#c"), "{debug}");
}

#[test]
fn only_a_server_on_a_disk_cannot_restore_from_a_bucket() {
    let disk = || Place::Directory("/d".into());
    let service = || bucket("s3://b", "1", "x");
    assert!(local().obstacle_to_restore().is_none());
    assert!(settings(service(), disk()).obstacle_to_restore().is_none());
    assert!(settings(service(), service()).obstacle_to_restore().is_none());
    assert!(settings(disk(), service()).obstacle_to_restore().is_some());
}
