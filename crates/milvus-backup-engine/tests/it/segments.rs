//! Backups from segment files: not loaded, of one moment, with rows in no order; and what is done where the files cannot be
//! used.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use milvus_backup_core::{
    BackupId, BackupParams, Catalog, CollectionName, Consistency, Error, LoadState, RestoreParams, SourceChoice,
    SourceKind, VerificationParams, VerificationType,
};
use milvus_backup_engine::BackupManager;

use crate::frozen_source::FrozenSource;
use crate::world::{World, bury, cause, with};

/// A collection that is not loaded, and a manager that reads segment files.
async fn released() -> (World, CollectionName, BackupManager) {
    let (world, films) = World::with_films().await;
    world.milvus.release_collection(&films).await.unwrap();
    let manager = world.manager.clone().with_segments(Arc::new(FrozenSource::of(&world.milvus)));
    (world, films, manager)
}

fn from(source: SourceChoice) -> BackupParams {
    with(BackupParams::full(), |params| params.source = source)
}

#[tokio::test]
async fn a_backup_of_segments_is_exact_and_not_loaded_and_comes_back() {
    let (world, films, manager) = released().await;
    world.milvus.on("load_collection", |_, _| panic!("nothing needs to be loaded"));
    let created = manager.create_backup(&films, &from(SourceChoice::Auto)).await.unwrap();
    world.milvus.forget_hooks();
    let metadata = created.metadata.unwrap();
    assert_eq!((metadata.source, metadata.consistency), (SourceKind::Segments, Consistency::Snapshot));
    assert_eq!((metadata.read_timestamp.as_deref(), metadata.row_count), (Some("1000"), 50));
    assert_eq!(metadata.limitations, Vec::<String>::new());
    assert_eq!(world.milvus.load_state(&films, &[]).await.unwrap(), LoadState::NotLoaded);

    let (collection, id) = (world.reference(&films), metadata.backup_id);
    let backup = manager.get_backup(&collection, &id).await.unwrap();
    let mut keys: Vec<&str> = Vec::new();
    for chunk in backup.manifest.chunks() {
        assert!(!chunk.ordered && chunk.primary_key_range.is_none(), "{chunk:?}");
        keys.push(chunk.content_key.as_deref().unwrap());
    }
    keys.sort_unstable();
    assert_eq!(keys, ["key 0", "key 1", "key 2", "key 3"]);
    for depth in [VerificationType::Checksum, VerificationType::Quick, VerificationType::Deep] {
        let params = with(VerificationParams::checksum(), |params| params.verification_type = depth);
        let found = manager.verify_backup(&collection, &id, &params).await.unwrap();
        assert!(found.success, "{found:?}");
    }
    let copy: CollectionName = "copy".parse().unwrap();
    manager.restore_backup(&collection, &id, &RestoreParams::to(copy.clone())).await.unwrap();
    for partition in ["_default", "p1"] {
        assert_eq!(world.texts(&copy, partition), world.texts(&films, partition));
    }
    world.assert_tidy().await;
}

#[tokio::test]
async fn both_sources_have_the_same_digests() {
    let (world, films, manager) = released().await;
    let mut digests = Vec::new();
    for source in [SourceChoice::Segments, SourceChoice::Query] {
        let created = manager.create_backup(&films, &from(source)).await.unwrap();
        let id: BackupId = created.backup_id.parse().unwrap();
        let backup = manager.get_backup(&world.reference(&films), &id).await.unwrap();
        let partitions = backup.manifest.partitions.into_iter();
        digests.push(partitions.map(|partition| (partition.name, partition.row_digest)).collect::<Vec<_>>());
    }
    assert_eq!(digests[0], digests[1]);
}

#[tokio::test]
async fn files_that_do_not_fit_are_an_error_if_they_were_demanded_and_otherwise_not_read() {
    for (foreign, unsettled) in [(true, false), (false, true)] {
        let (world, films, manager) = released().await;
        let source = FrozenSource { foreign, unsettled, ..FrozenSource::of(&world.milvus) };
        let manager = manager.with_segments(Arc::new(source));
        let error = cause(manager.create_backup(&films, &from(SourceChoice::Segments)).await.unwrap_err());
        let expected = if foreign {
            matches!(error, Error::InvalidParameter { .. })
        } else {
            matches!(error, Error::SegmentsUnsettled { .. })
        };
        assert!(expected, "{error:?}");
        if foreign {
            assert_eq!(world.files().await, Vec::<String>::new(), "nothing was written before");
        }
        let created = manager.create_backup(&films, &from(SourceChoice::Auto)).await.unwrap();
        let metadata = created.metadata.unwrap();
        assert_eq!((metadata.source, metadata.row_count), (SourceKind::Query, 50));
        let warnings = world.warnings.all();
        assert!(warnings.iter().any(|warning| warning.contains("read by queries")), "{warnings:?}");
        assert_eq!(world.milvus.load_state(&films, &[]).await.unwrap(), LoadState::NotLoaded);
        world.assert_tidy().await;
    }
}

#[tokio::test]
async fn segments_without_a_storage_are_refused() {
    let (world, films) = World::with_films().await;
    let error = world.manager.create_backup(&films, &from(SourceChoice::Segments)).await.unwrap_err();
    assert!(matches!(&error, Error::InvalidParameter { field, .. } if field == "source"), "{error:?}");
    assert_eq!(world.files().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_killed_backup_is_read_again_at_the_present() {
    let (world, films, manager) = released().await;
    let stuck = FrozenSource { readable: 3, opened: AtomicUsize::new(500), ..FrozenSource::of(&world.milvus) };
    let stuck = manager.clone().with_segments(Arc::new(stuck));
    let (create, asked) = (stuck.clone(), films.clone());
    let killed = tokio::spawn(async move { create.create_backup(&asked, &from(SourceChoice::Segments)).await });
    while world.files().await.iter().filter(|file| file.contains("/data/")).count() < 3 {
        tokio::task::yield_now().await;
    }
    killed.abort();
    assert!(killed.await.unwrap_err().is_cancelled());
    bury(&world).await;
    let incomplete = world.reopened().incomplete_backups().await.unwrap();
    let id = incomplete[0].backup_id.clone();
    let collection = world.reference(&films);
    let refused = manager.resume_backup(&collection, &id, &from(SourceChoice::Query)).await;
    assert!(matches!(cause(refused.unwrap_err()), Error::Refused { .. }));
    let refused = world.manager.resume_backup(&collection, &id, &BackupParams::full()).await;
    assert!(matches!(cause(refused.unwrap_err()), Error::InvalidParameter { .. }));
    let resumed = manager.resume_backup(&collection, &id, &BackupParams::full()).await.unwrap();
    let metadata = resumed.metadata.unwrap();
    assert_eq!((metadata.source, metadata.row_count), (SourceKind::Segments, 50));
    assert_eq!(metadata.read_timestamp.as_deref(), Some("1000"), "of the second session, not of the first");
    world.assert_tidy().await;
}
