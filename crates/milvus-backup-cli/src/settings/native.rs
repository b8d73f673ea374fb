//! The table `[native]` of the configuration: the tool that writes native backups.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tool that writes native backups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NativeSettings {
    /// Executable of milvus-backup, 0.5.15 or newer; without it, the one on the `PATH`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tool: Option<PathBuf>,
}
