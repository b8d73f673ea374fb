//! The form of the configuration from 0.6.

use milvus_backup_storage::{Bucket, Place};
use serde_json::{Value, json};

use super::Paths;
use super::settings::{MilvusServer, ToolSettings};

/// An address at which nothing answers. The garbage collection of Milvus is not paused.
const NOWHERE: &str = "http://127.0.0.1:1";

pub(super) fn document(settings: &ToolSettings, paths: Paths<'_>) -> Value {
    let root = match &settings.milvus_storage {
        Place::Directory(path) => path.to_string_lossy().into_owned(),
        Place::Bucket(bucket) => bucket.prefix.clone(),
        _ => String::new(),
    };
    let (user, password) = settings.server.credentials.clone().unwrap_or_default();
    json!({
        "configVersion": "v2",
        "log": { "level": "info", "console": false, "file": { "path": paths.log } },
        "milvus": {
            "user": user,
            "password": password,
            "grpc": grpc(&settings.server),
            "management": { "endpoint": NOWHERE },
            "storage": storage(&settings.milvus_storage, &root),
        },
        "backup": {
            "storage": storage(&settings.backup_storage, paths.backups),
            "concurrency": { "collections": 1, "segments": 64 },
            "pauseGC": false,
        },
        "restore": { "concurrency": { "collections": 1, "importJobs": 8 }, "keepTempFiles": false },
        "transfer": { "mode": if settings.crosses_storages() { "streaming" } else { "auto" }, "concurrency": 8 },
    })
}

fn grpc(server: &MilvusServer) -> Value {
    let mut entries = json!({ "address": server.host, "port": server.port, "tlsMode": "disabled" });
    if let Some(tls) = &server.tls {
        entries["tlsMode"] = if tls.client_certificate.is_some() { "mutual" } else { "server" }.into();
        if let Some(path) = &tls.ca_certificate {
            entries["caCertPath"] = json!(path);
        }
        if let Some(name) = &tls.server_name {
            entries["serverName"] = json!(name);
        }
        if let Some((certificate, key)) = &tls.client_certificate {
            entries["mtlsCertPath"] = json!(certificate);
            entries["mtlsKeyPath"] = json!(key);
        }
    }
    entries
}

fn storage(place: &Place, root: &str) -> Value {
    let Place::Bucket(Bucket { endpoint, name, credentials, .. }) = place else {
        return json!({ "provider": "local", "rootPath": root });
    };
    let auth = match credentials {
        None => json!({ "type": "iam" }),
        Some(keys) => {
            let mut auth = json!({
                "type": "static", "accessKeyID": keys.access_key_id, "secretAccessKey": keys.secret_access_key,
            });
            if let Some(token) = &keys.session_token {
                auth["sessionToken"] = json!(token);
            }
            auth
        }
    };
    json!({
        "provider": "minio",
        "address": endpoint.host,
        "port": endpoint.port,
        "region": endpoint.region,
        "useSSL": endpoint.tls,
        "bucketName": name,
        "rootPath": root,
        "auth": auth,
    })
}
