//! The parameters of a restore.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::invalid;
use crate::error::Result;
use crate::names::{CollectionName, validate_name, validate_new_collection_name};

/// The backup contents to restore, and the target of the restore.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RestoreParams {
    /// The collection to create; by default the one that was backed up.
    pub target_collection_name: Option<CollectionName>,
    /// Whether to verify the backup first; `None` means that the configuration applies.
    pub verify_before_restore: Option<bool>,
    /// Whether to replace an existing target, once the new rows are in place and counted.
    pub drop_existing: bool,
    /// Whether `drop_existing` may replace a collection by some of its partitions: by a backup that does not hold all
    /// of them, or by a restore that omits some. The other partitions are lost then.
    pub replace_with_part: bool,
    /// Whether to load the target into memory afterwards.
    pub load_after_restore: bool,
    /// The partitions to restore; empty for all.
    pub partition_names: Vec<String>,
    /// Whether to recreate the saved indexes.
    pub restore_indexes: bool,
    /// Whether to continue with the other partitions when one fails.
    pub skip_failed_partitions: bool,
    /// Whether to give the target the aliases of the source. An alias that belongs to another collection is never
    /// moved.
    pub with_aliases: bool,
    /// Whether to create the database, with the properties that it had, if it does not exist. One that exists keeps its
    /// properties.
    pub create_database: bool,
    /// Whether to insert into an existing collection whose schema fits, instead of creating one.
    pub into_existing: bool,
    /// The policy for primary keys that the server of the source generated.
    pub auto_id: AutoIdPolicy,
    /// The way in which rows are written to Milvus.
    pub method: RestoreMethod,
    /// Number of batches that are inserted, or files that are imported, concurrently.
    pub concurrency: Option<usize>,
    /// Deadline of the operation.
    pub timeout: Option<Duration>,
}

/// The policy for primary keys that the server of the source generated (`autoID`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutoIdPolicy {
    /// Keep the keys and keep `autoID` on. Rejected before anything is changed if the server does not support it.
    #[default]
    Preserve,
    /// Let the server generate new keys.
    Regenerate,
    /// Keep the keys in a collection that has `autoID` off.
    Plain,
}

/// The way in which rows are written to Milvus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RestoreMethod {
    /// [`RestoreMethod::Tool`] for a backup of the `milvus-backup` tool that it can restore into the server, and
    /// [`RestoreMethod::Insert`] for all others.
    #[default]
    Auto,
    /// The rows are read by this program, compared with their digests, and inserted.
    Insert,
    /// Milvus reads the data files itself (bulk import), and must be able to access them under the same path. The files
    /// are compared with their digests first. Experimental, as it is in Milvus: floats that are not finite are
    /// rejected.
    Import,
    /// The `milvus-backup` tool, which wrote the backup, restores it.
    Tool,
}

impl Default for RestoreParams {
    fn default() -> Self {
        Self {
            target_collection_name: None,
            verify_before_restore: None,
            drop_existing: false,
            replace_with_part: false,
            load_after_restore: false,
            partition_names: Vec::new(),
            restore_indexes: true,
            skip_failed_partitions: false,
            with_aliases: false,
            create_database: false,
            into_existing: false,
            auto_id: AutoIdPolicy::Preserve,
            method: RestoreMethod::Auto,
            concurrency: None,
            timeout: None,
        }
    }
}

impl RestoreParams {
    /// Returns the parameters of a restore under another name.
    pub fn to(target: CollectionName) -> Self {
        Self { target_collection_name: Some(target), ..Self::default() }
    }

    /// Returns whether every partition of the backup is restored.
    pub fn restore_all_partitions(&self) -> bool {
        self.partition_names.is_empty()
    }

    /// Checks every limit.
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] with the first field that is outside its limit.
    pub fn validate(&self) -> Result<()> {
        for name in &self.partition_names {
            validate_name("partition_names", name)?;
        }
        if let Some(target) = self.target_collection_name.as_ref().filter(|_| !self.into_existing) {
            validate_new_collection_name("target_collection_name", target.as_str())?;
        }
        if self.into_existing && self.drop_existing {
            return Err(invalid("into_existing", "true", "false together with drop_existing"));
        }
        if self.concurrency == Some(0) {
            return Err(invalid("concurrency", "0", "greater than 0"));
        }
        if self.timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err(invalid("timeout", "0", "greater than 0 seconds"));
        }
        Ok(())
    }
}
