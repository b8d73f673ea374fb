//! [`Scene`]: a world in which an operation is about to begin.

use milvus_backup_core::{BackupId, BackupParams, Catalog, Clock, CollectionName, CollectionRef};
use milvus_backup_testkit::fakes::ServerModel;
use object_store::memory::InMemory;

use super::source::Source;
use crate::world::{World, one_by_one, silence, with};

/// A world in which an operation is about to begin, with a collection `films`.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) world: World,
    pub(super) films: CollectionName,
    /// The collection as it must stay, unless the operation is to change it.
    pub(super) source: Option<Source>,
}

/// What a store has in it when an operation begins, and the backups among it, oldest first.
#[derive(Debug)]
pub(super) struct Prepared {
    model: ServerModel,
    store: InMemory,
    pub(super) ids: Vec<BackupId>,
}

impl Scene {
    /// An empty store, and a server with a collection that is in memory.
    pub(super) async fn new(model: ServerModel) -> Self {
        Self::over(InMemory::new(), model).await
    }

    async fn over(store: InMemory, model: ServerModel) -> Self {
        let world = World::over(store, model);
        let films = world.filled("films").await;
        Self { world, films, source: None }.settled().await
    }

    /// Takes the collection as it is now for what must stay.
    pub(super) async fn settled(mut self) -> Self {
        self.source = Some(Source::of(&self.world, &self.films).await);
        self
    }

    /// The same with the collection not in memory: a create loads it, and releases it.
    pub(super) async fn released(self) -> Self {
        self.world.milvus.release_collection(&self.films).await.unwrap();
        self.settled().await
    }

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
    /// So many backups of the collection.
    pub(super) async fn backups(model: ServerModel, number: usize) -> Self {
        let scene = Scene::new(model.clone()).await;
        let params = with(BackupParams::full(), |params| params.verify_after = Some(false));
        for _ in 0..number {
            scene.world.manager.create_backup(&scene.films, &params).await.unwrap();
        }
        Self { ids: scene.listed().await, store: scene.world.store.fork(), model }
    }

    /// A create that was cut off after its first data file, by a process that is dead.
    pub(super) async fn interrupted(model: ServerModel) -> Self {
        let scene = Scene::new(model.clone()).await;
        scene.world.milvus.on("read", |number, _| if number > 2 { Err(silence()) } else { Ok(()) });
        scene.world.manager.create_backup(&scene.films, &one_by_one()).await.unwrap_err();
        let [left] = scene.world.reopened().incomplete_backups().await.unwrap().try_into().unwrap();
        scene.bury().await;
        Self { ids: vec![left.backup_id], store: scene.world.store.fork(), model }
    }

    pub(super) async fn scene(&self) -> Scene {
        let scene = Scene::over(self.store.fork(), self.model.clone()).await;
        // Its clock is beyond that of the backups.
        for _ in 0..100 {
            scene.world.clock.now();
        }
        scene
    }
}
