//! `milvus-br` from end to end: real servers, real files, and outside witnesses for what is in them.
//!
//! Tests of one kind of server share it, so every test gives its collections names of its own and has a repository of
//! its own. `MILVUS_BR_TEST_LARGE=1` makes the data set of the memory test a large one, and
//! `MILVUS_BR_TEST_BINARY` names a command that is built already.

#![expect(clippy::disallowed_methods, reason = "processes and servers are waited for in the time of the machine")]
#![allow(clippy::print_stderr, reason = "tests say what they measured, and with which seed")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]

/// Runs each of these functions as a test of both servers: they take the kind, and a prefix for their collections.
macro_rules! on_both_servers {
    ($($test:ident),+ $(,)?) => {
        mod milvus_235 {
            $(#[test]
            fn $test() {
                super::$test(milvus_backup_testkit::ServerKind::Milvus235);
            })+
        }
        mod lite_322 {
            $(#[test]
            fn $test() {
                super::$test(milvus_backup_testkit::ServerKind::Lite322);
            })+
        }
    };
}

/// Runs each of these functions as a test of both servers with a directory as root, and those before a semicolon as a test of
/// Milvus Lite with a bucket as root: they take the kind and the place.
macro_rules! on_both_servers_and_a_store {
    ($($test:ident),+ $(; $($only:ident),+)? $(,)?) => {
        mod milvus_235 {
            $(#[test]
            fn $test() {
                super::$test(milvus_backup_testkit::ServerKind::Milvus235, milvus_backup_tests::root::Place::Directory);
            })+
            $($(#[test]
            fn $only() {
                super::$only(milvus_backup_testkit::ServerKind::Milvus235, milvus_backup_tests::root::Place::Directory);
            })+)?
        }
        mod lite_322 {
            $(#[test]
            fn $test() {
                super::$test(milvus_backup_testkit::ServerKind::Lite322, milvus_backup_tests::root::Place::Directory);
            })+
            $($(#[test]
            fn $only() {
                super::$only(milvus_backup_testkit::ServerKind::Lite322, milvus_backup_tests::root::Place::Directory);
            })+)?
        }
        mod seaweedfs {
            $(#[test]
            fn $test() {
                let place = milvus_backup_tests::root::Place::Store(milvus_backup_testkit::StoreKind::SeaweedFs);
                super::$test(milvus_backup_testkit::ServerKind::Lite322, place);
            })+
        }
    };
}

/// Runs each of these functions as a test with a directory as root, and with a bucket: they take the place.
macro_rules! in_a_directory_and_a_store {
    ($($test:ident),+ $(,)?) => {
        mod directory {
            $(#[test]
            fn $test() {
                super::$test(milvus_backup_tests::root::Place::Directory);
            })+
        }
        mod seaweedfs {
            $(#[test]
            fn $test() {
                super::$test(milvus_backup_tests::root::Place::Store(milvus_backup_testkit::StoreKind::SeaweedFs));
            })+
        }
    };
}

/// Runs each of these functions as a test with a root in a store of each of these kinds: they take the kind of the store.
macro_rules! in_stores {
    ($($module:ident $kind:ident),+: $tests:tt) => {
        $(in_stores!(@ $module $kind $tests);)+
    };
    (@ $module:ident $kind:ident [$($test:ident),+]) => {
        mod $module {
            $(#[test]
            fn $test() {
                super::$test(milvus_backup_testkit::StoreKind::$kind);
            })+
        }
    };
}

/// Runs each of these functions as a test with a root in a store of every kind: they take the kind of the store.
macro_rules! in_each_store {
    ($($test:ident),+ $(,)?) => {
        in_stores!(seaweedfs SeaweedFs, moto Moto, azurite Azurite, gcs Gcs: [$($test),+]);
    };
}

mod addresses;
mod archives;
mod auto_id;
mod bulk_import;
mod clocks;
mod compat;
mod conformance;
mod definitions;
mod differences;
mod disk;
mod doubles;
mod encodings;
mod errors;
mod every_byte;
mod faults;
mod fidelity;
mod identity;
mod indexes;
mod instances;
mod integrity;
mod interrupted_restore;
mod interruption;
mod kills;
mod limits;
mod lite_uri;
mod loaded;
mod locks;
mod memory;
mod names;
mod native;
mod offline;
mod partitions;
mod parts;
mod privileges;
mod progress;
mod pushback;
mod ranges;
mod readers;
mod reserved;
mod restarts;
mod resume;
mod round_trip;
mod row_traits;
mod schedule;
mod segments;
mod side_by_side;
mod stores;
mod verification;
