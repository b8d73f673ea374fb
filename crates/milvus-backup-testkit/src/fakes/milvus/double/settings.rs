//! How a double is configured, where servers of one release differ.

use std::collections::BTreeSet;

/// Where the validity of a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidityPlace {
    /// In `FieldData.valid_data = 7`, as released servers answer: the place inside is in no tag of milvus-proto.
    Legacy,
    /// In `ScalarField.valid_data = 17` or `VectorField.valid_data = 9`, which the definitions on `master` ask writers to use.
    Inside,
    /// In both: what milvus#52203 (`ProjectFieldDataValidDataForLegacy`) makes of the latter for older clients.
    Both,
    /// Inside, while the legacy place says that every row has a value. No server is known to do this.
    Conflicting,
}

/// What a server is among clusters that replicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replication {
    /// It is alone, as most are.
    None,
    /// Others follow it, and get its writes.
    Primary,
    /// It follows another one, and takes no writes.
    Standby,
}

/// The settings of a double.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) validity: ValidityPlace,
    pub(super) replication: Replication,
    /// Polls of the load state for which a collection is being loaded.
    pub(super) polls_to_load: u32,
    /// Polls of the state of an import until it is complete.
    pub(super) polls_to_import: u32,
    /// Rows after which a page ends that may be short.
    pub(super) rows_of_short_pages: usize,
    /// Whether `streaming.idempotency.enabled` is on.
    pub(super) insert_keys: bool,
    /// Whether keys of imports are read from the metadata of the call: the documentation names the REST interface only.
    pub(super) import_keys: bool,
    /// Bytes of an answer at most: `quotaAndLimits.limits.maxOutputSize`.
    pub(super) max_output_bytes: usize,
    /// Properties of collections that are not taken.
    pub(super) refused_properties: BTreeSet<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            validity: ValidityPlace::Legacy,
            replication: Replication::None,
            polls_to_load: 0,
            polls_to_import: 1,
            rows_of_short_pages: usize::MAX,
            insert_keys: false,
            import_keys: true,
            // The default in `milvus.yaml`.
            max_output_bytes: 100 << 20,
            refused_properties: BTreeSet::new(),
        }
    }
}
