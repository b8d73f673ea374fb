//! How tests configure a double, and what they do to it as its administrators.

use milvus_backup_core::CollectionName;

use super::call::locked;
use super::server::Double;
use super::settings::{Replication, ValidityPlace};

impl Double {
    /// Chooses where the validity of columns is.
    pub fn set_validity(&self, place: ValidityPlace) {
        locked(&self.parts.settings).validity = place;
    }

    /// Chooses what the server is among clusters that replicate.
    pub fn set_replication(&self, replication: Replication) {
        locked(&self.parts.settings).replication = replication;
    }

    /// Lets a load take this many polls of the load state: until then reads are refused, and may be tried again.
    pub fn set_polls_to_load(&self, polls: u32) {
        locked(&self.parts.settings).polls_to_load = polls;
    }

    /// Lets an import take this many polls of its state.
    pub fn set_polls_to_import(&self, polls: u32) {
        locked(&self.parts.settings).polls_to_import = polls;
    }

    /// Ends pages after this many rows where they may be short: those of `reduce_stop_for_best`.
    pub fn set_rows_of_short_pages(&self, rows: usize) {
        locked(&self.parts.settings).rows_of_short_pages = rows;
    }

    /// Switches `streaming.idempotency.enabled` of the server on.
    pub fn enable_insert_keys(&self) {
        locked(&self.parts.settings).insert_keys = true;
    }

    /// Has keys of imports not read, as where only the REST interface knows them.
    pub fn ignore_import_keys(&self) {
        locked(&self.parts.settings).import_keys = false;
    }

    /// Refuses a property of collections, at create and later.
    pub fn refuse_property(&self, key: &str) {
        locked(&self.parts.settings).refused_properties.insert(key.to_owned());
    }

    /// Sets `quotaAndLimits.limits.maxOutputSize` of the server.
    pub fn set_max_output_bytes(&self, bytes: usize) {
        locked(&self.parts.settings).max_output_bytes = bytes;
    }

    /// Commits an import that was made with `auto_commit=false`.
    pub fn commit_import(&self, job: i64) {
        locked(&self.parts.imports).commit(job);
    }

    /// Compacts a collection of the default database, unless a snapshot protects it. Reads of earlier moments do not keep it
    /// from that: milvus#30576.
    pub fn compact(&self, collection: &CollectionName) {
        let milvus = self.milvus();
        let id = milvus.state().id_of(collection).expect("no such collection");
        if !locked(&self.parts.snapshots).protect(id) {
            milvus.compact(collection);
        }
    }
}
