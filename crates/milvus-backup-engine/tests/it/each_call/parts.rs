//! [`Parts`]: what runs an operation.

use milvus_backup_core::Interrupt;
use milvus_backup_engine::{BackupManager, BackupRepository};
use milvus_backup_testkit::fakes::faults::Faults;

use crate::world::World;

/// What runs an operation: with faults around Milvus and the store, or without.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) manager: BackupManager,
    pub(super) repository: BackupRepository,
}

impl Parts {
    pub(super) fn healthy(world: &World) -> Self {
        Self { manager: world.manager.clone(), repository: world.reopened() }
    }

    pub(super) fn faulty(world: &World, faults: &Faults, interrupt: Interrupt) -> Self {
        let (manager, repository) = world.faulty(faults, interrupt);
        Self { manager, repository }
    }
}
