//! The configuration file.

use std::path::{Path, PathBuf};

use milvus_backup_core::{BackupRecoveryConfig, Error, Result};

/// File in the working directory that is read if none is named.
const PROJECT_FILE: &str = "milvus-br.toml";

/// Returns the settings of a file, or the defaults.
///
/// # Errors
/// [`Error::InvalidParameter`] for a file that cannot be parsed, an unknown key, or a value outside its limit;
/// [`Error::Configuration`] for a file that cannot be read.
pub(crate) fn load(file: Option<&Path>) -> Result<BackupRecoveryConfig> {
    let config = file.map_or_else(|| Ok(BackupRecoveryConfig::default()), parse)?;
    for warning in config.validate()? {
        tracing::warn!("{warning}");
    }
    Ok(config)
}

/// Returns the file that is read: the one that is named; otherwise `./milvus-br.toml`, or `milvus-br/config.toml` below the
/// user's configuration directory, if there is one.
pub(crate) fn file(named: Option<&Path>) -> Option<PathBuf> {
    named.map(Path::to_path_buf).or_else(found)
}

fn found() -> Option<PathBuf> {
    let user = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".config")))
        .map(|directory| directory.join("milvus-br").join("config.toml"));
    [Some(PathBuf::from(PROJECT_FILE)), user].into_iter().flatten().find(|path| path.is_file())
}

fn parse(path: &Path) -> Result<BackupRecoveryConfig> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Configuration {
        role: "configuration file".to_owned(),
        path: path.display().to_string(),
        source: Box::new(source),
    })?;
    from_text(&text, path)
}

fn from_text(text: &str, path: &Path) -> Result<BackupRecoveryConfig> {
    toml::from_str(text).map_err(|error| Error::InvalidParameter {
        field: "config".to_owned(),
        value: path.display().to_string(),
        limit: format!("a TOML file of known settings ({})", error.message()),
    })
}

/// Configuration files that are damaged. `cargo xtask fuzz` makes them for minutes.
#[cfg(test)]
mod untrusted_input {
    use milvus_backup_testkit::mutation::{mutate, mutation};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// What is accepted is within its limits, and can be written and read again.
        #[test]
        fn settings_are_read_or_refused(mutations in prop::collection::vec(mutation(), 0..5)) {
            let defaults = toml::to_string(&BackupRecoveryConfig::default()).unwrap();
            let text = String::from_utf8_lossy(&mutate(defaults.into_bytes(), &mutations)).into_owned();
            if let Ok(config) = from_text(&text, Path::new("config.toml")) && config.validate().is_ok() {
                let again = toml::to_string(&config).unwrap();
                prop_assert_eq!(from_text(&again, Path::new("config.toml")).unwrap(), config);
            }
        }
    }
}
