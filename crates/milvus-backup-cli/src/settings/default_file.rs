//! The files that are read if none is named.

use std::path::PathBuf;

/// File in the working directory.
pub(crate) const PROJECT_FILE: &str = "milvus-br.toml";

/// Returns the files that exist, the one with the lowest precedence first: the one of the user, and `./milvus-br.toml`.
pub(crate) fn found() -> Vec<PathBuf> {
    [user_file(), Some(PathBuf::from(PROJECT_FILE))].into_iter().flatten().filter(|path| path.is_file()).collect()
}

/// Returns `milvus-br/config.toml` below the user's configuration directory; `None` if there is no such directory.
pub(crate) fn user_file() -> Option<PathBuf> {
    std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".config")))
        .map(|directory| directory.join("milvus-br").join("config.toml"))
}
