//! [`Answers`]: what a new configuration says, from options, variables, and questions.

use std::path::{Path, PathBuf};

use milvus_backup_client::LiteServer;
use milvus_backup_core::{BackupRecoveryConfig, CollectionName, Result};

use crate::args::{Global, Storage};
use crate::settings::DEFAULT_URI;
use crate::target::Target;

/// The values of a new configuration. `None` leaves a setting out, with an example in its place.
#[derive(Debug, Clone)]
pub(crate) struct Answers {
    pub(crate) uri: String,
    pub(crate) database: Option<String>,
    pub(crate) token_file: Option<PathBuf>,
    pub(crate) tls: Vec<(&'static str, String)>,
    pub(crate) root: String,
    pub(crate) milvus_storage: Option<String>,
    pub(crate) native: bool,
    pub(crate) native_tool: Option<PathBuf>,
    pub(crate) memory_limit: Option<u64>,
    pub(crate) collections: Vec<String>,
}

impl Answers {
    /// Returns the values that options and variables give, above the defaults.
    pub(crate) fn given(global: &Global, collections: &[String]) -> Self {
        let shown = |path: &PathBuf| path.display().to_string();
        let tls = [
            ("ca", global.tls_ca.as_ref().map(shown)),
            ("cert", global.tls_cert.as_ref().map(shown)),
            ("key", global.tls_key.as_ref().map(shown)),
            ("server_name", global.tls_server_name.clone()),
        ];
        let root = global.root.clone();
        Self {
            uri: global.uri.clone().unwrap_or_else(|| DEFAULT_URI.to_owned()),
            database: global.db.clone(),
            token_file: global.token_file.clone(),
            tls: tls.into_iter().filter_map(|(key, value)| Some((key, value?))).collect(),
            root: root.unwrap_or_else(|| BackupRecoveryConfig::default().local_backup_root_path),
            milvus_storage: global.milvus_storage.clone(),
            native: matches!(global.storage, Some(Storage::Native)),
            native_tool: global.native_tool.clone(),
            memory_limit: global.memory_limit,
            collections: collections.to_vec(),
        }
    }

    /// Fails for an address, or a name of a collection, that cannot be one.
    pub(crate) fn check(&self) -> Result<()> {
        for name in &self.collections {
            name.parse::<CollectionName>()?;
        }
        Target::new(&self.uri, self.database.as_deref()).map(drop)
    }

    /// Returns whether the configuration names where a secret is. Other users need not learn that.
    pub(crate) fn names_secrets(&self) -> bool {
        self.token_file.is_some() || self.tls.iter().any(|(key, _)| *key == "key")
    }

    /// Returns the answers for a file in `directory`. A relative path was given from the working directory, and one in a
    /// file starts at the directory of the file: outside of the working directory, paths become absolute.
    pub(crate) fn seen_from(mut self, directory: &Path) -> Self {
        if directory.as_os_str().is_empty() {
            return self;
        }
        self.root = absolute(&self.root);
        self.milvus_storage = self.milvus_storage.as_deref().map(absolute);
        for file in [&mut self.token_file, &mut self.native_tool].into_iter().flatten() {
            *file = absolute(&file.display().to_string()).into();
        }
        for (_, file) in self.tls.iter_mut().filter(|(key, _)| *key != "server_name") {
            *file = absolute(file);
        }
        if LiteServer::is_lite_uri(&self.uri) {
            self.uri = absolute(&self.uri);
        }
        self
    }
}

/// Returns a path in absolute form, and a URL as it is.
fn absolute(text: &str) -> String {
    if text.contains("://") {
        return text.to_owned();
    }
    let path = Path::new(text);
    std::path::absolute(path.strip_prefix(".").unwrap_or(path))
        .map_or_else(|_| text.to_owned(), |path| path.display().to_string())
}
