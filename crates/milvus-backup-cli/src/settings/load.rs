//! Reads the configuration: files, profiles, and what options and variables override.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use milvus_backup_core::{BackupRecoveryConfig, Error, Result};
use toml::{Table, Value};

use super::document::Document;
use super::job::{JobSettings, ScheduleSettings};
use super::layers::Layers;
use super::milvus::MilvusSettings;
use super::native::NativeSettings;
use super::origin::Origin;
use super::parse::{Parsed, parse};
use super::schema::schema;
use super::unknown_key::{nearest, unknown_key};
use super::{default_file, relative};
use crate::args::Global;

/// The file and the profile that are chosen by options or variables.
#[derive(Debug, Clone, Copy, Default)]
struct Chosen<'a> {
    /// The only file to read.
    file: Option<&'a Path>,
    /// The profile whose values are above the others of the files.
    profile: Option<&'a str>,
}

/// The settings of files, above the defaults.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) recovery: BackupRecoveryConfig,
    pub(crate) milvus: MilvusSettings,
    pub(crate) native: NativeSettings,
    pub(crate) schedule: ScheduleSettings,
    pub(crate) jobs: Vec<JobSettings>,
    /// The files that were read, the one with the lowest precedence first.
    pub(crate) files: Vec<PathBuf>,
    /// The origins of the values that are in files.
    pub(crate) origins: BTreeMap<String, Origin>,
}

/// Reads the file that is chosen; otherwise those of the user and of the working directory, if they exist.
///
/// # Errors
/// [`Error::Configuration`] for a file that cannot be read; [`Error::InvalidSetting`] for an unknown key, a value that its
/// key cannot have, or a profile that no file has.
fn load(chosen: Chosen<'_>) -> Result<Settings> {
    let files = chosen.file.map_or_else(default_file::found, |file| vec![file.to_path_buf()]);
    let documents = files.iter().map(|file| Document::read(file)).collect::<Result<Vec<_>>>()?;
    from_documents(documents, chosen.profile.filter(|profile| !profile.is_empty()))
}

/// Reads the configuration that options or variables choose, and returns it with the values that they override.
pub(crate) fn settings_of(global: &Global) -> Result<Settings> {
    if let Some(root) = global.root.as_deref().filter(|root| root.trim().is_empty()) {
        let (field, limit) = ("root".to_owned(), "not empty".to_owned());
        return Err(Error::InvalidParameter { field, value: root.to_owned(), limit });
    }
    let chosen = Chosen { file: global.config.as_deref(), profile: global.profile.as_deref() };
    Ok(load(chosen)?.under(global))
}

/// Returns the settings in the text of a file, without those of other files and options.
///
/// # Errors
/// [`Error::InvalidSetting`], as for the file itself.
pub(crate) fn settings_in(text: &str, path: &Path) -> Result<Settings> {
    from_documents(vec![Document::parse(text, path)?], None)
}

fn from_documents(documents: Vec<Document>, profile: Option<&str>) -> Result<Settings> {
    let checked = documents.into_iter().map(checked).collect::<Result<Vec<_>>>()?;
    if let Some(profile) = profile {
        require_profile(&checked, profile)?;
    }
    let mut layers = Layers::default();
    for (document, _) in &checked {
        layers.add(&document.values, document, None);
    }
    for (document, profiles) in &checked {
        if let Some((name, Value::Table(values))) = profile.and_then(|profile| profiles.get_key_value(profile)) {
            layers.add(values, document, Some(name));
        }
    }
    let parsed =
        parse(layers.values).map_err(|invalid| Error::InvalidSetting { place: invalid.key, reason: invalid.reason })?;
    let files = checked.into_iter().map(|(document, _)| document.path).collect();
    let Parsed { recovery, milvus, native, schedule, jobs } = parsed;
    Ok(Settings { recovery, milvus, native, schedule, jobs, files, origins: layers.origins })
}

/// Checks the keys and values of a file and of all its profiles, resolves its paths, and takes out its profiles.
fn checked(mut document: Document) -> Result<(Document, Table)> {
    if let Some(unknown) = unknown_key(&document.values, &schema()) {
        let suggestion = unknown.suggestion.map(|known| format!("; did you mean `{known}`?")).unwrap_or_default();
        return Err(document.error(&unknown.key, format!("unknown key `{}`{suggestion}", unknown.key)));
    }
    let mut profiles = match document.values.remove("profile") {
        Some(Value::Table(profiles)) => profiles,
        Some(_) => return Err(document.error("profile", "`profile` must be a table of profiles".to_owned())),
        None => Table::new(),
    };
    let directory = document.path.parent().map(Path::to_path_buf).unwrap_or_default();
    let mut values = std::mem::take(&mut document.values);
    check_values(&mut values, &document, "", &directory)?;
    document.values = values;
    for (name, profile) in &mut profiles {
        let Value::Table(values) = profile else {
            return Err(document.error(&format!("profile.{name}"), format!("profile `{name}` must be a table")));
        };
        check_values(values, &document, &format!("profile.{name}."), &directory)?;
    }
    Ok((document, profiles))
}

fn check_values(values: &mut Table, document: &Document, prefix: &str, directory: &Path) -> Result<()> {
    relative::resolve(values, directory);
    let invalid = |key: &str, reason: &str| {
        let key = format!("{prefix}{key}");
        document.error(&key, format!("`{key}`: {reason}"))
    };
    let parsed = parse(values.clone()).map_err(|error| invalid(&error.key, &error.reason))?;
    match parsed.recovery.validate() {
        Err(Error::InvalidParameter { field, value, limit }) => {
            Err(invalid(&field, &format!("is `{value}`, but must be {limit}")))
        }
        Err(error) => Err(error),
        Ok(_) => Ok(()),
    }
}

fn require_profile(checked: &[(Document, Table)], profile: &str) -> Result<()> {
    let known: Vec<&String> = checked.iter().flat_map(|(_, profiles)| profiles.keys()).collect();
    if known.iter().any(|name| *name == profile) {
        return Ok(());
    }
    let suggestion = match (nearest(profile, known.iter().copied()), known.is_empty()) {
        (Some(name), _) => format!("; did you mean `{name}`?"),
        (None, true) => "; no configuration file has profiles".to_owned(),
        (None, false) => {
            format!("; there are {}", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
        }
    };
    Err(Error::InvalidSetting { place: "profile".to_owned(), reason: format!("no profile `{profile}`{suggestion}") })
}

impl Settings {
    /// Returns whether a file has values that may be secrets.
    pub(crate) fn has_secrets_in(&self, file: &Path) -> bool {
        let is_in = |origin: &Origin| matches!(origin, Origin::File { path, .. } if path == file);
        let may_be_secret = |key: &str| key.starts_with("storage.options.") || key == "storage.proxy";
        self.origins.iter().any(|(key, origin)| may_be_secret(key) && is_in(origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(texts: &[(&str, &str)], profile: Option<&str>) -> Result<Settings> {
        let documents = texts.iter().map(|(path, text)| Document::parse(text, Path::new(path)));
        from_documents(documents.collect::<Result<_>>()?, profile)
    }

    #[test]
    fn a_profile_is_above_all_files_and_the_project_above_the_user() {
        let user = "retention_count = 1\nretention_days = 1\nmax_retries = 1\n[profile.prod]\nmax_retries = 2\nretention_days = 2\n";
        let project = "retention_days = 3\nmax_retries = 3\n[profile.prod]\nretention_days = 4\n";
        let files = [("/u/config.toml", user), ("milvus-br.toml", project)];
        let of = |profile| {
            let settings = settings(&files, profile).unwrap();
            let recovery = settings.recovery;
            (recovery.retention_count, recovery.retention_days, recovery.max_retries)
        };
        assert_eq!(of(None), (1, 3, 3));
        assert_eq!(of(Some("prod")), (1, 4, 2));
        let origins = settings(&files, Some("prod")).unwrap().origins;
        assert_eq!(origins["max_retries"].to_string(), "/u/config.toml, line 5, profile prod");
    }

    #[test]
    fn errors_name_the_file_the_line_and_the_key() {
        for (text, expected) in [
            ("\nretention_day = 7", "a.toml, line 2: unknown key `retention_day`; did you mean `retention_days`?"),
            ("compression_level = 10", "a.toml, line 1: `compression_level`: is `10`, but must be from 1 to 9"),
            (
                "[profile.x]\ncompression_level = 10",
                "a.toml, line 2: `profile.x.compression_level`: is `10`, but must be from 1 to 9",
            ),
            ("profile = 1", "a.toml, line 1: `profile` must be a table of profiles"),
        ] {
            assert_eq!(settings(&[("a.toml", text)], None).unwrap_err().to_string(), expected);
        }
        let missing = settings(&[("a.toml", "[profile.prod]\n")], Some("prd")).unwrap_err().to_string();
        assert_eq!(missing, "profile: no profile `prd`; did you mean `prod`?");
    }
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
            let read = |text: &str| from_documents(vec![Document::parse(text, Path::new("config.toml"))?], None);
            if let Ok(settings) = read(&text) {
                prop_assert!(settings.recovery.validate().is_ok());
                let again = read(&toml::to_string(&settings.recovery).unwrap()).unwrap().recovery;
                // A path in a file is relative to that file; the default one is not.
                let local_backup_root_path = again.local_backup_root_path.clone();
                prop_assert_eq!(again, BackupRecoveryConfig { local_backup_root_path, ..settings.recovery });
            }
        }
    }
}
