//! The models of the servers that were measured, and of one that was not.
//!
//! What is here of Milvus 2.3.5, Milvus Lite 3.2.2 and Milvus Lite 2.5.1 is checked by the conformance suites against these
//! servers. Milvus 2.6 follows its documentation and source: it cannot run here.

use std::collections::BTreeSet;

use super::capabilities::{lite_2_capabilities, lite_3_capabilities, milvus_2_3_capabilities, milvus_2_6_capabilities};
use super::model::{
    Copies, Family, Indexing, Limits, Loading, Marks, Naming, ReadPoints, Repetition, RowRules, ServerModel, Statistics,
};

/// `quotaAndLimits.limits.maxQueryResultWindow` as Milvus has it by default.
const WINDOW: usize = 16_384;

impl ServerModel {
    /// Milvus 2.3.5 standalone, as it was measured.
    pub fn milvus_2_3() -> Self {
        Self {
            family: Family::Milvus,
            capabilities: milvus_2_3_capabilities(),
            naming: Naming {
                marks: Marks::Ids,
                aliases: true,
                alias_acts_for_collection: false,
                drops_aliased: true,
                aliases_outlive_collection: true,
                recreates_equal: true,
                recreates_alias: true,
                sorts_partitions: false,
                removes_properties: false,
                accepts_any_name: false,
            },
            loading: Loading {
                loaded_when_created: false,
                reads_load: false,
                counts_unloaded: false,
                rename_releases: false,
                release_needs_index: false,
                writes_load: false,
                max_replicas: Some(1),
                reports_pending: true,
            },
            indexing: Indexing { second: Repetition::EqualOnly, drop_needs_release: true, drops_missing: true },
            rows: RowRules {
                copies: Copies::Any,
                read_points: ReadPoints::Timestamp,
                statistics: Statistics::Flushed,
                hides_largest_key: true,
                drops_unknown_columns: false,
                checks_lengths: true,
                unknown_partition_is_empty: false,
                flushes_unknown: false,
                names_spread_partitions: false,
                splits: true,
                reserved_keys: words(&["like", "LIKE", "in", "array_contains", "true"]),
                reads_by_position: true,
                window: WINDOW,
                numbers_rows: false,
            },
            limits: Limits::default(),
        }
    }

    /// Milvus 2.6 as its documentation and source have it: point-in-time reads, and more data types. No such server was
    /// run.
    pub fn milvus_2_6() -> Self {
        let mut model = Self::milvus_2_3();
        model.capabilities = milvus_2_6_capabilities();
        model.naming.drops_aliased = false;
        model.naming.aliases_outlive_collection = false;
        model.naming.removes_properties = true;
        model.rows.read_points = ReadPoints::Snapshot;
        model.rows.hides_largest_key = false;
        model
    }

    /// Milvus Lite 3.2.2, as it was measured.
    pub fn lite_3() -> Self {
        Self {
            family: Family::Lite3,
            capabilities: lite_3_capabilities(),
            naming: Naming {
                marks: Marks::Aliases,
                aliases: true,
                alias_acts_for_collection: true,
                drops_aliased: true,
                aliases_outlive_collection: false,
                recreates_equal: false,
                recreates_alias: true,
                sorts_partitions: true,
                removes_properties: true,
                accepts_any_name: true,
            },
            loading: Loading {
                loaded_when_created: true,
                reads_load: true,
                counts_unloaded: true,
                rename_releases: true,
                release_needs_index: true,
                writes_load: false,
                max_replicas: None,
                reports_pending: false,
            },
            indexing: Indexing { second: Repetition::Refused, drop_needs_release: true, drops_missing: false },
            rows: RowRules {
                copies: Copies::Replaced,
                read_points: ReadPoints::Unknown,
                statistics: Statistics::Live,
                hides_largest_key: false,
                drops_unknown_columns: false,
                checks_lengths: true,
                unknown_partition_is_empty: true,
                flushes_unknown: true,
                names_spread_partitions: true,
                splits: false,
                reserved_keys: words(&["like", "LIKE", "in", "is", "null", "true"]),
                reads_by_position: true,
                window: usize::MAX,
                numbers_rows: true,
            },
            limits: Limits::default(),
        }
    }

    /// Milvus Lite 2.5.1, as it was measured.
    pub fn lite_2() -> Self {
        Self {
            family: Family::Lite2,
            capabilities: lite_2_capabilities(),
            naming: Naming {
                marks: Marks::Names,
                aliases: false,
                alias_acts_for_collection: false,
                drops_aliased: true,
                aliases_outlive_collection: false,
                recreates_equal: true,
                recreates_alias: false,
                sorts_partitions: false,
                removes_properties: false,
                accepts_any_name: false,
            },
            loading: Loading {
                loaded_when_created: true,
                reads_load: true,
                counts_unloaded: false,
                rename_releases: false,
                release_needs_index: false,
                writes_load: true,
                max_replicas: None,
                reports_pending: false,
            },
            indexing: Indexing { second: Repetition::Ignored, drop_needs_release: false, drops_missing: true },
            rows: RowRules {
                copies: Copies::Newest,
                read_points: ReadPoints::Unknown,
                statistics: Statistics::Live,
                hides_largest_key: false,
                drops_unknown_columns: true,
                checks_lengths: false,
                unknown_partition_is_empty: true,
                flushes_unknown: true,
                names_spread_partitions: true,
                splits: false,
                reserved_keys: words(&["like"]),
                reads_by_position: false,
                window: WINDOW,
                numbers_rows: false,
            },
            limits: Limits::default(),
        }
    }
}

fn words(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
