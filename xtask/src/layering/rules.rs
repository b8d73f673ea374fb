//! The rules: which crate of the workspace may use which. Section 2 of the design, as a table.

const CORE: &str = "milvus-backup-core";
const INTEGRITY: &str = "milvus-backup-integrity";
const CODEC: &str = "milvus-backup-codec";
const RETENTION: &str = "milvus-backup-retention";
const COLUMNS: &str = "milvus-backup-columns";
const ENGINE: &str = "milvus-backup-engine";
const CLIENT: &str = "milvus-backup-client";
const STORAGE: &str = "milvus-backup-storage";
const REPOSITORY: &str = "milvus-backup-repository";
const SEGMENTS: &str = "milvus-backup-segments";
const STORE_LOCAL: &str = "milvus-backup-store-local";
const STORE_NATIVE: &str = "milvus-backup-store-native";
const CLI: &str = "milvus-backup-cli";
const TESTKIT: &str = "milvus-backup-testkit";
const END_TO_END: &str = "milvus-backup-tests";

/// A crate of the workspace and the crates of the workspace it may use. A crate without a row may not exist.
///
/// Neither of the two stores has the other one in its row. Only the command has everything.
pub(super) const MAY_USE: &[(&str, &[&str])] = &[
    (CORE, &[]),
    (INTEGRITY, &[CORE]),
    (CODEC, &[CORE]),
    (RETENTION, &[CORE]),
    (COLUMNS, &[CORE]),
    (ENGINE, &[CORE, INTEGRITY, RETENTION]),
    (CLIENT, &[CORE, COLUMNS]),
    (STORAGE, &[CORE]),
    (REPOSITORY, &[CORE, INTEGRITY, STORAGE]),
    (SEGMENTS, &[CORE, COLUMNS, STORAGE]),
    (STORE_LOCAL, &[CORE, INTEGRITY, CODEC, STORAGE, REPOSITORY]),
    (STORE_NATIVE, &[CORE, INTEGRITY, COLUMNS, STORAGE, REPOSITORY, SEGMENTS]),
    (CLI, LIBRARIES),
    (TESTKIT, &[CORE, COLUMNS]),
    (END_TO_END, &[CLI, TESTKIT]),
    ("xtask", &[TESTKIT]),
];

const LIBRARIES: &[&str] = &[
    CORE,
    INTEGRITY,
    CODEC,
    RETENTION,
    ENGINE,
    COLUMNS,
    CLIENT,
    STORAGE,
    REPOSITORY,
    SEGMENTS,
    STORE_LOCAL,
    STORE_NATIVE,
];
/// What every crate may use in its tests besides what it may use anyway.
const IN_TESTS: &[&str] = &[TESTKIT];

/// What single crates may use in their tests besides that.
///
/// The engine is tested as a whole: with the repository and the format that it has in the command, over a store in memory.
/// Stand-ins for them would be a second protocol to keep right. What it is built with stays what [`MAY_USE`] says.
/// The format of data files is tested with the columns of servers, which it stores.
const IN_TESTS_OF: &[(&str, &[&str])] =
    &[(ENGINE, &[STORAGE, REPOSITORY, STORE_LOCAL]), (STORE_LOCAL, &[COLUMNS]), (END_TO_END, LIBRARIES)];

/// Crates that must stay cheap for whoever takes only them, and what must be nowhere below them.
pub(super) const WITHOUT: &[(&str, &[&str])] = &[
    (CORE, NETWORK_AND_RUNTIME),
    (INTEGRITY, NETWORK_AND_RUNTIME),
    (RETENTION, NETWORK_AND_RUNTIME),
    (ENGINE, NETWORK_AND_FORMATS),
    // The generated messages come with the SDK, and so with a runtime; a store is not needed for them.
    (COLUMNS, &["object_store"]),
];

const NETWORK_AND_RUNTIME: &[&str] = &["tokio", "tonic", "object_store"];

/// The engine moves rows and keeps the order of steps; where they come from and go to is not its matter.
const NETWORK_AND_FORMATS: &[&str] = &["tonic", "object_store", "parquet"];

/// The row of a crate.
pub(super) fn may_use(name: &str) -> Option<&'static [&'static str]> {
    MAY_USE.iter().find(|(of, _)| *of == name).map(|(_, used)| *used)
}

/// Whether a crate may use another one in its tests, beside those that it may use anyway.
pub(super) fn may_test_with(name: &str, used: &str) -> bool {
    let own = IN_TESTS_OF.iter().filter(|(of, _)| *of == name).flat_map(|(_, used)| *used);
    IN_TESTS.iter().chain(own).any(|allowed| *allowed == used)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crate_in_a_row_has_a_row_above() {
        for (at, (of, used)) in MAY_USE.iter().enumerate() {
            for name in *used {
                assert!(MAY_USE[..at].iter().any(|(above, _)| above == name), "{of} -> {name}");
            }
        }
    }

    #[test]
    fn the_stores_do_not_know_each_other() {
        assert!(!may_use(STORE_LOCAL).unwrap().contains(&STORE_NATIVE));
        assert!(!may_use(STORE_NATIVE).unwrap().contains(&STORE_LOCAL));
    }

    #[test]
    fn the_engine_knows_no_server_and_no_store() {
        for part in [CLIENT, STORE_LOCAL, STORE_NATIVE] {
            assert!(!may_use(ENGINE).unwrap().contains(&part), "{part}");
        }
        assert!(may_test_with(ENGINE, STORE_LOCAL) && may_test_with(ENGINE, TESTKIT));
        assert!(!may_test_with(ENGINE, CLIENT) && !may_test_with(STORE_LOCAL, STORE_NATIVE));
    }

    #[test]
    fn no_library_is_built_with_the_testkit() {
        assert!(LIBRARIES.iter().all(|name| !may_use(name).unwrap().contains(&TESTKIT)));
        assert!(!may_use(CLI).unwrap().contains(&TESTKIT));
    }
}
