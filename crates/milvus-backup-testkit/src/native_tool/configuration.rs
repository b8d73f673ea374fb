//! The configuration of the stand-in. It reads the part of YAML that is JSON.

use std::path::PathBuf;

use serde_json::Value;

/// The values that the stand-in needs.
#[derive(Debug)]
pub(super) struct Configuration {
    pub(super) uri: String,
    /// `user:password`, if there is a user.
    pub(super) token: Option<String>,
    pub(super) milvus_root: PathBuf,
    pub(super) backup_root: PathBuf,
    pub(super) log: PathBuf,
}

impl Configuration {
    /// Reads the form of 0.5, or that of 0.6.
    pub(super) fn read(path: &str, v2: bool) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("cfg: load config: {error}"))?;
        let document: Value = serde_json::from_str(&text).map_err(|error| format!("cfg: parse config: {error}"))?;
        let [server, milvus, backup, log] = if v2 {
            ["/milvus/grpc", "/milvus/storage/rootPath", "/backup/storage/rootPath", "/log/file/path"]
        } else {
            ["/milvus", "/minio/rootPath", "/minio/backupRootPath", "/log/file/filename"]
        };
        if v2 != (document["configVersion"] == "v2") {
            return Err("cfg: unknown version of the configuration".to_owned());
        }
        let text = |path: &str| document.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
        for (v1_path, v2_path) in [
            ("/minio/storageType", "/milvus/storage/provider"),
            ("/minio/backupStorageType", "/backup/storage/provider"),
        ] {
            let provider = text(if v2 { v2_path } else { v1_path });
            if provider != "local" {
                return Err(format!("cfg: the stand-in has no storage of type {provider:?}"));
            }
        }
        let port = document.pointer(&format!("{server}/port")).and_then(Value::as_u64).ok_or("cfg: parse int value")?;
        let (user, password) = (text("/milvus/user"), text("/milvus/password"));
        Ok(Self {
            uri: format!("http://{}:{port}", text(&format!("{server}/address"))),
            token: (!user.is_empty()).then(|| format!("{user}:{password}")),
            milvus_root: text(milvus).into(),
            backup_root: text(backup).into(),
            log: text(log).into(),
        })
    }
}
