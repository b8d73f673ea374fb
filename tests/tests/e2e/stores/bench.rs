//! A collection and a root in a store, with a proxy between the command and the store.

use milvus_backup_testkit::{FaultProxy, ServerKind, StoreKind, shared_store};
use milvus_backup_tests::{
    collections::{Plain, forget},
    milvus_br::MilvusBr,
    root::Place,
};

pub(super) const LITE: ServerKind = ServerKind::Lite322;

/// Retries that end within seconds.
pub(super) const IMPATIENT: &str = "retry_delay_seconds = 1\nmax_retries = 2\n";

/// A small collection, and the command with a root in a store behind a proxy.
pub(super) struct Bench {
    pub(super) collection: String,
    pub(super) br: MilvusBr,
    pub(super) proxy: FaultProxy,
}

impl Bench {
    /// With a collection of 410 rows, of about 230 KB.
    pub(super) fn new(kind: StoreKind, name: &str) -> Self {
        Self::with(kind, name, "")
    }

    /// The same with retries that end within seconds.
    pub(super) fn impatient(kind: StoreKind, name: &str) -> Self {
        Self::with(kind, name, IMPATIENT)
    }

    fn with(kind: StoreKind, name: &str, settings: &str) -> Self {
        let collection = Place::Store(kind).named(name);
        Plain::on(LITE, &collection).partition("_default", 400).partition("p1", 10).dim(128).make();
        let root = shared_store(kind).unwrap().root().unwrap();
        let proxy = FaultProxy::before(root.endpoint());
        let br = MilvusBr::on(LITE).rooted(root.through(&proxy.uri())).configured(settings);
        Self { collection, br, proxy }
    }

    /// The arguments of a create of a backup whose files are not compressed.
    pub(super) fn create(&self) -> Vec<&str> {
        vec!["create", &self.collection, "--compression", "none", "--json"]
    }

    /// Nothing is listed, and after a prune nothing is there.
    pub(super) fn require_nothing_left(&self, what: &str) {
        self.proxy.calm();
        require_nothing_left(&self.br, what);
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            forget(LITE, &[&self.collection]);
        }
    }
}

/// No backup is listed, and after a prune of what is incomplete, nothing is there but the marker of the repository.
pub(super) fn require_nothing_left(br: &MilvusBr, what: &str) {
    assert_eq!(br.listed(), Vec::<String>::new(), "{what}");
    br.run(&["prune", "--incomplete", "--yes"]).code(0);
    assert_eq!(br.everything(), Vec::<String>::new(), "files are left: {what}");
    // Azure has no call that lists or aborts them. They take no name, and are discarded after a week.
    if br.files().store().kind() != StoreKind::Azurite {
        assert_eq!(br.files().uploads(), Vec::<String>::new(), "uploads are left: {what}");
    }
}
