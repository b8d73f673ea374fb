//! [`Scene`]: a world in which an operation is about to begin.

use milvus_backup_core::{BackupId, BackupParams, Catalog, Clock, CollectionName, CollectionRef, RowSink};
use milvus_backup_testkit::fakes::{InMemoryMilvus, ServerModel, samples};
use object_store::memory::InMemory;

use super::source::Source;
use crate::world::{World, bury, one_by_one, silence, with};

/// A world in which an operation is about to begin, with a collection `films`.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) world: World,
    pub(super) films: CollectionName,
    /// The collection as it must stay, unless the operation is to change it.
    pub(super) source: Option<Source>,
}

/// What the store and the server have when an operation begins.
#[derive(Debug)]
pub(super) struct Prepared {
    store: InMemory,
    milvus: InMemoryMilvus,
    films: CollectionName,
    source: Option<Source>,
    /// The backups in the store, oldest first.
    pub(super) ids: Vec<BackupId>,
}

impl Scene {
    pub(super) fn collection(&self) -> CollectionRef {
        self.world.reference(&self.films)
    }

    /// The identifiers of the backups that are listed, oldest first.
    pub(super) async fn listed(&self) -> Vec<BackupId> {
        let listing = self.world.manager.list_backups(None).await.unwrap();
        let mut ids: Vec<BackupId> = listing.backups.into_iter().map(|backup| backup.backup_id).collect();
        ids.sort_unstable();
        ids
    }
}

impl Prepared {
    /// Whatever is in the store is of a process that is dead from now on.
    async fn from(world: &World, films: CollectionName, ids: Vec<BackupId>) -> Self {
        let source = Some(Source::of(world, &films).await);
        bury(world).await;
        Self { store: world.store.fork(), milvus: world.milvus.fork(), films, source, ids }
    }

    /// So many backups of the collection, which is in memory.
    pub(super) async fn backups(model: ServerModel, number: usize) -> Self {
        let world = World::new(model);
        let films = world.filled("films").await;
        let params = with(BackupParams::full(), |params| params.verify_after = Some(false));
        let mut ids = Vec::new();
        for _ in 0..number {
            let created = Box::pin(world.manager.create_backup(&films, &params)).await.unwrap();
            ids.push(created.backup_id.parse().unwrap());
        }
        Self::from(&world, films, ids).await
    }

    /// A create that was cut off after its first data file, by a process that is dead.
    pub(super) async fn interrupted(model: ServerModel) -> Self {
        let world = World::new(model);
        let films = world.filled("films").await;
        world.milvus.on("read", |number, _| if number > 2 { Err(silence()) } else { Ok(()) });
        Box::pin(world.manager.create_backup(&films, &one_by_one())).await.unwrap_err();
        let [left] = world.reopened().incomplete_backups().await.unwrap().try_into().unwrap();
        Self::from(&world, films, vec![left.backup_id]).await
    }

    /// The same with the collection not in memory: a create loads it, and releases it.
    pub(super) async fn released(mut self) -> Self {
        self.milvus.release_collection(&self.films).await.unwrap();
        self.source = self.scene().now().await;
        self
    }

    /// The same with other rows in the collection than the backups have, which an operation is to change.
    pub(super) async fn changed(mut self) -> Self {
        let (milvus, schema) = (&self.milvus, samples::schema());
        milvus.insert(&self.films, &schema, None, samples::rows(&schema, 500..510, "new")).await.unwrap();
        milvus.flush(&self.films).await.unwrap();
        self.source = None;
        self
    }

    pub(super) fn scene(&self) -> Scene {
        let world = World::over(self.store.fork(), self.milvus.fork());
        // Its clock is beyond that of the backups.
        for _ in 0..100 {
            world.clock.now();
        }
        Scene { world, films: self.films.clone(), source: self.source.clone() }
    }
}
