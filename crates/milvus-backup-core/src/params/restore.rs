//! Parameters of a restore.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::invalid;
use crate::error::Result;
use crate::names::{CollectionName, validate_name, validate_new_collection_name};

/// What to restore and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RestoreParams {
    /// The collection to make; by default the one that had been backed up.
    pub target_collection_name: Option<CollectionName>,
    /// Verify the backup first; `None` as the configuration says.
    pub verify_before_restore: Option<bool>,
    /// Replace an existing target, once the new rows are in place and counted.
    pub drop_existing: bool,
    /// Let `drop_existing` replace a collection by some of its partitions: by a backup that does not hold all of them, or
    /// by a restore that leaves some out. The others are lost then.
    pub replace_with_part: bool,
    /// Load the target into memory afterwards.
    pub load_after_restore: bool,
    /// The partitions to restore; empty for all.
    pub partition_names: Vec<String>,
    /// Create the saved indexes again.
    pub restore_indexes: bool,
    /// Go on with the other partitions when one fails.
    pub skip_failed_partitions: bool,
    /// Give the target the aliases that the source had. One that belongs to another collection is never taken.
    pub with_aliases: bool,
    /// Insert into a collection that exists and whose schema fits, instead of making one.
    pub into_existing: bool,
    /// What happens to primary keys that the source's server had generated.
    pub auto_id: AutoIdPolicy,
    /// How rows get into Milvus.
    pub method: RestoreMethod,
    /// Batches that are inserted, or files that are imported, at the same time.
    pub concurrency: Option<usize>,
    /// Deadline of the operation.
    pub timeout: Option<Duration>,
}

/// What happens to primary keys that the source's server had generated (`autoID`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutoIdPolicy {
    /// Keep them and keep `autoID` on. Refused, before anything is touched, where the server cannot do it.
    #[default]
    Preserve,
    /// Let the server make new ones.
    Regenerate,
    /// Keep them in a collection that has `autoID` off.
    Plain,
}

/// How rows get into Milvus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RestoreMethod {
    /// They are read here, compared with their digests, and inserted.
    #[default]
    Insert,
    /// Milvus reads the data files by itself (bulk import), which it must be able to find under the same path. The
    /// files are compared with their digests before. Experimental, as it is in Milvus: floats that are not finite are
    /// refused.
    Import,
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
            into_existing: false,
            auto_id: AutoIdPolicy::Preserve,
            method: RestoreMethod::Insert,
            concurrency: None,
            timeout: None,
        }
    }
}

impl RestoreParams {
    /// A restore under another name.
    pub fn to(target: CollectionName) -> Self {
        Self { target_collection_name: Some(target), ..Self::default() }
    }

    /// Whether every partition of the backup is restored.
    pub fn restore_all_partitions(&self) -> bool {
        self.partition_names.is_empty()
    }

    /// Checks every limit.
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] with the first field outside its limit.
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
