//! Values into types. An error names the key that it is about.

use milvus_backup_core::BackupRecoveryConfig;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::document::joined;
use super::job::{JobSettings, ScheduleSettings};
use super::milvus::MilvusSettings;
use super::native::NativeSettings;

/// The typed settings of files.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Parsed {
    pub(super) recovery: BackupRecoveryConfig,
    pub(super) milvus: MilvusSettings,
    pub(super) native: NativeSettings,
    pub(super) schedule: ScheduleSettings,
    pub(super) jobs: Vec<JobSettings>,
}

/// A value that does not have the type of its key, or is outside its limits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InvalidValue {
    pub(super) key: String,
    pub(super) reason: String,
}

/// Returns the typed settings.
pub(super) fn parse(mut values: Table) -> Result<Parsed, InvalidValue> {
    let [milvus, native, schedule, jobs] = ["milvus", "native", "schedule", "job"].map(|key| values.remove(key));
    Ok(Parsed {
        milvus: part(milvus, "milvus")?,
        native: part(native, "native")?,
        schedule: part(schedule, "schedule")?,
        jobs: part(jobs, "job")?,
        recovery: part(Some(Value::Table(values)), "")?,
    })
}

fn part<T: DeserializeOwned + Default>(value: Option<Value>, key: &str) -> Result<T, InvalidValue> {
    let Some(value) = value else { return Ok(T::default()) };
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        // `[0]` of an array is written like a key.
        let path = path.replace('[', ".").replace(']', "");
        let path = path.trim_start_matches('.').to_owned();
        let key = if path.is_empty() { key.to_owned() } else { joined(key, &path) };
        InvalidValue { reason: reason(&key, error.inner()), key }
    })
}

/// Returns what is wrong with a value. It is not repeated if it may be a secret.
fn reason(key: &str, error: &toml::de::Error) -> String {
    let may_be_secret = key.starts_with("storage.options") || key == "storage.proxy";
    if may_be_secret {
        "must be a text".to_owned()
    } else {
        error.message().replace("expected f64", "expected a number")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invalid(text: &str) -> String {
        let invalid = parse(toml::from_str(text).unwrap()).unwrap_err();
        format!("{}: {}", invalid.key, invalid.reason)
    }

    #[test]
    fn an_invalid_value_names_its_key() {
        assert!(invalid("default_backup_timeout = 'long'").starts_with("default_backup_timeout: invalid type"));
        assert!(invalid("verification_timeout = -1").starts_with("verification_timeout: "));
        assert!(invalid("[keep]\nwithin = '1w'").starts_with("keep.within: "));
        assert!(invalid("[keep]\ntags = ['a', 'b,,c']").starts_with("keep.tags.1: "));
        assert!(invalid("[milvus]\nuri = 1").starts_with("milvus.uri: "));
        assert!(invalid("milvus = 1").starts_with("milvus: "));
    }
}
