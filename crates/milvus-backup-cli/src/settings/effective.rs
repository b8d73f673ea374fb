//! Options over the settings of files.

use super::load::Settings;
use crate::args::{Global, Storage};
use milvus_backup_core::BackupStorageType;

/// Address of Milvus if nothing names one.
pub(crate) const DEFAULT_URI: &str = "http://localhost:19530";

impl Settings {
    /// Returns the settings with the values that options of every command, or their variables, override.
    #[must_use]
    pub(crate) fn under(mut self, global: &Global) -> Self {
        self.overlay_milvus(global);
        replace_some(&mut self.native.tool, global.native_tool.as_ref());
        let recovery = &mut self.recovery;
        replace(&mut recovery.memory_limit_bytes, global.memory_limit.as_ref());
        for timeout in [
            &mut recovery.repository_timeout,
            &mut recovery.default_backup_timeout,
            &mut recovery.default_restore_timeout,
            &mut recovery.verification_timeout,
        ] {
            replace(timeout, global.timeout.as_ref());
        }
        replace(&mut recovery.local_backup_root_path, global.root.as_ref());
        replace_some(&mut recovery.milvus_storage, global.milvus_storage.as_ref());
        recovery.allow_unsafe_storage |= global.allow_unsafe_storage;
        let storage = global.storage.map(|storage| match storage {
            Storage::Local => BackupStorageType::LocalFile,
            Storage::Native => BackupStorageType::MilvusNative,
        });
        replace(&mut recovery.default_storage_type, storage.as_ref());
        // The bucket of native backups is their root, unless a root is given for this command.
        if recovery.default_storage_type == BackupStorageType::MilvusNative && global.root.is_none() {
            let bucket = recovery.milvus_backup_bucket.clone();
            replace(&mut recovery.local_backup_root_path, bucket.as_ref());
        }
        self
    }

    fn overlay_milvus(&mut self, global: &Global) {
        let milvus = &mut self.milvus;
        replace_some(&mut milvus.uri, global.uri.as_ref());
        replace_some(&mut milvus.database, global.db.as_ref());
        replace_some(&mut milvus.token_file, global.token_file.as_ref());
        let tls = &mut milvus.tls;
        replace_some(&mut tls.ca, global.tls_ca.as_ref());
        replace_some(&mut tls.cert, global.tls_cert.as_ref());
        replace_some(&mut tls.key, global.tls_key.as_ref());
        replace_some(&mut tls.server_name, global.tls_server_name.as_ref());
        milvus.uri.get_or_insert_with(|| DEFAULT_URI.to_owned());
    }
}

fn replace<T: Clone>(value: &mut T, with: Option<&T>) {
    if let Some(with) = with {
        value.clone_from(with);
    }
}

fn replace_some<T: Clone>(value: &mut Option<T>, with: Option<&T>) {
    if with.is_some() {
        *value = with.cloned();
    }
}
