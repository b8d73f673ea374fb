//! The form of the configuration up to 0.5.

use milvus_backup_storage::{Bucket, Place};
use serde_json::{Map, Value, json};

use super::Paths;
use super::settings::{MilvusServer, ToolSettings};

/// The bucket of a storage without buckets. The tool copies nothing at a restore whose buckets have one name.
const NO_BUCKET: &str = "a-bucket";

pub(super) fn document(settings: &ToolSettings, paths: Paths<'_>) -> Value {
    let mut storages = Map::new();
    let root = match &settings.milvus_storage {
        Place::Directory(path) => path.to_string_lossy().into_owned(),
        Place::Bucket(bucket) => bucket.prefix.clone(),
        _ => String::new(),
    };
    add(&mut storages, "", &settings.milvus_storage, &root);
    add(&mut storages, "backup", &settings.backup_storage, paths.backups);
    storages.insert("crossStorage".to_owned(), settings.crosses_storages().into());
    json!({
        "log": { "level": "info", "console": false, "file": { "filename": paths.log } },
        "http": { "enabled": false },
        "milvus": server(&settings.server),
        "minio": storages,
        "backup": {
            "parallelism": {
                "copydata": 8, "backupCollection": 1, "backupSegment": 64, "restoreCollection": 1, "importJob": 8,
            },
            "keepTempFiles": false,
            "gcPause": { "enable": false },
        },
    })
}

fn server(server: &MilvusServer) -> Value {
    let (user, password) = server.credentials.clone().unwrap_or_default();
    let mut entries = json!({
        "address": server.host, "port": server.port, "user": user, "password": password, "tlsMode": 0,
    });
    if let Some(tls) = &server.tls {
        entries["tlsMode"] = if tls.client_certificate.is_some() { 2 } else { 1 }.into();
        entries["caCertPath"] = json!(tls.ca_certificate.as_deref().unwrap_or(std::path::Path::new("")));
        entries["serverName"] = json!(tls.server_name.as_deref().unwrap_or_default());
        if let Some((certificate, key)) = &tls.client_certificate {
            entries["mtlsCertPath"] = json!(certificate);
            entries["mtlsKeyPath"] = json!(key);
        }
    }
    entries
}

/// Adds the entries of one storage. Those of the backups have a prefix, and no entry is left to be inherited.
fn add(entries: &mut Map<String, Value>, prefix: &str, place: &Place, root: &str) {
    let mut set = |key: &str, value: Value| {
        let mut letters = key.chars();
        let key = match letters.next().filter(|_| !prefix.is_empty()) {
            Some(first) => format!("{prefix}{}{}", first.to_ascii_uppercase(), letters.as_str()),
            None => key.to_owned(),
        };
        entries.insert(key, value);
    };
    set("rootPath", root.into());
    let Place::Bucket(Bucket { endpoint, name, credentials, .. }) = place else {
        set("storageType", "local".into());
        set("bucketName", NO_BUCKET.into());
        return;
    };
    let keys = credentials.as_ref();
    set("storageType", "minio".into());
    set("address", endpoint.host.as_str().into());
    set("port", endpoint.port.into());
    set("region", endpoint.region.as_str().into());
    set("useSSL", endpoint.tls.into());
    set("bucketName", name.as_str().into());
    set("accessKeyID", keys.map_or("", |keys| keys.access_key_id.as_str()).into());
    set("secretAccessKey", keys.map_or("", |keys| keys.secret_access_key.as_str()).into());
    set("token", keys.and_then(|keys| keys.session_token.as_deref()).unwrap_or_default().into());
    set("useIAM", keys.is_none().into());
}
