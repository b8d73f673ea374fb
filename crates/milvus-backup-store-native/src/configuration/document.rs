//! The configuration of one invocation.

use serde_json::Value;

use super::settings::ToolSettings;
use super::{v1, v2};
use crate::tool::Features;

/// The files and directories that differ between the invocations of the tool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paths<'a> {
    /// The directory below which the tool makes one directory for each backup: a path on a disk, or a prefix in a
    /// bucket.
    pub(crate) backups: &'a str,
    /// The file of the tool's log.
    pub(crate) log: &'a str,
}

/// Returns the configuration in the form of a version of the tool. It is JSON, which is also YAML.
pub(crate) fn document(features: Features, settings: &ToolSettings, paths: Paths<'_>) -> Value {
    if features.configuration_v2 { v2::document(settings, paths) } else { v1::document(settings, paths) }
}
