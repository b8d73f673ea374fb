//! The JSON Schema of configuration files. The known keys are those of the schema.

use std::collections::BTreeMap;

use milvus_backup_core::BackupRecoveryConfig;
use schemars::JsonSchema;
use serde_json::Value;

use super::job::{JobSettings, ScheduleSettings};
use super::milvus::MilvusSettings;
use super::native::NativeSettings;

/// Settings of milvus-br, in TOML.
#[derive(JsonSchema)]
#[schemars(title = "Configuration of milvus-br", deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used: the parts of a file are read one by one")]
struct ConfigurationFile {
    #[schemars(flatten)]
    layer: Layer,
    /// Values that are above the others of the files if the profile of this name is selected.
    #[schemars(default)]
    profile: BTreeMap<String, Layer>,
}

/// The settings of a file, or of a profile.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used: the parts of a file are read one by one")]
struct Layer {
    #[schemars(flatten)]
    recovery: BackupRecoveryConfig,
    #[schemars(default)]
    milvus: MilvusSettings,
    #[schemars(default)]
    native: NativeSettings,
    #[schemars(default)]
    schedule: ScheduleSettings,
    /// What is backed up when. A list of jobs replaces the one of the files below it.
    #[schemars(default)]
    job: Vec<JobSettings>,
}

/// Returns the JSON Schema of configuration files.
pub(crate) fn schema() -> Value {
    schemars::schema_for!(ConfigurationFile).to_value()
}
