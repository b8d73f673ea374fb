//! A server that compacts and deletes files all the time.

use milvus_backup_testkit::{Standalone, StandaloneOptions};

/// Starts a server whose automatic compactions run every few seconds, and whose files of replaced segments are deleted
/// seconds later.
pub(super) fn restless_server() -> Standalone {
    let options = StandaloneOptions::new()
        .env("DATACOORD_COMPACTION_GLOBAL_INTERVAL", "5")
        .env("DATACOORD_COMPACTION_MIX_TRIGGERINTERVAL", "5")
        .env("DATACOORD_GC_INTERVAL", "4")
        .env("DATACOORD_GC_DROPTOLERANCE", "4")
        .env("DATACOORD_GC_MISSINGTOLERANCE", "3600");
    Standalone::start(options).unwrap()
}
