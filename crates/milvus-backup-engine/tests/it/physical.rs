//! Backups that a program writes: committed like all others, verified without a server, restored by the program or by
//! inserting their rows, exported, and adopted if the program made them by itself.

use std::sync::Arc;

use milvus_backup_core::{
    AutoIdPolicy, BackupId, BackupParams, BackupState, BackupStorageType, BackupType, Catalog, CollectionName, Error,
    FindingKind, PayloadKind, RestoreMethod, RestoreParams, RowSink, SourceChoice, VerificationParams,
    VerificationType,
};
use milvus_backup_engine::BackupManager;
use milvus_backup_testkit::fakes::{InMemoryMilvus, ServerModel, samples};

use crate::program::{Fault, Program, Reader};
use crate::world::{World, bury, cause, with};

/// A world whose manager lets a program write backups.
async fn programmed(fault: Fault) -> (World, CollectionName, BackupManager) {
    let (world, films) = World::with_films().await;
    let manager = driven(&world, Program::with_fault(&world, fault));
    (world, films, manager)
}

fn driven(world: &World, program: Program) -> BackupManager {
    world.manager.clone().with_physical(Reader::of(world)).with_backend(Arc::new(program))
}

async fn created(manager: &BackupManager, films: &CollectionName) -> BackupId {
    manager.create_backup(films, &BackupParams::full()).await.unwrap().backup_id.parse().unwrap()
}

fn depth(depth: VerificationType) -> VerificationParams {
    with(VerificationParams::checksum(), |params| params.verification_type = depth)
}

#[tokio::test]
async fn what_a_program_wrote_is_listed_and_every_byte_of_it_is_verified() {
    let (world, films, manager) = programmed(Fault::None).await;
    let id = created(&manager, &films).await;
    let collection = world.reference(&films);
    let backup = manager.get_backup(&collection, &id).await.unwrap();
    assert_eq!(backup.metadata.storage_type, BackupStorageType::MilvusNative);
    assert_eq!((backup.metadata.row_count, backup.metadata.state), (50, BackupState::Verified));
    assert_eq!(backup.manifest.kind, PayloadKind::MilvusBackup);
    let limitations = &backup.metadata.limitations;
    assert!(limitations.contains(&"made by a program".to_owned()), "{limitations:?}");
    assert!(limitations.iter().any(|limitation| limitation.contains("milvus-backup takes none")), "{limitations:?}");
    for kind in [VerificationType::Checksum, VerificationType::Quick, VerificationType::Deep] {
        let found = manager.verify_backup(&collection, &id, &depth(kind)).await.unwrap();
        assert!(found.success, "{found:?}");
    }
    let file = world.files().await.into_iter().find(|file| file.ends_with("p1.log")).unwrap();
    let mut bytes = world.read(&file).await;
    bytes[0] ^= 1;
    world.write(&file, bytes).await;
    for kind in [VerificationType::Checksum, VerificationType::Deep] {
        let found = manager.verify_backup(&collection, &id, &depth(kind)).await.unwrap();
        assert_eq!((found.success, found.errors[0].kind), (false, FindingKind::ChecksumMismatch));
        assert_eq!(found.errors[0].file, "data/copy/p1.log");
    }
    let refused = manager.restore_backup(&collection, &id, &RestoreParams::to("copy".parse().unwrap())).await;
    assert!(matches!(cause(refused.unwrap_err()), Error::Corrupted { .. }), "nothing damaged reaches the server");
    manager.delete_backup(&collection, &id).await.unwrap();
    assert_eq!(world.files().await, Vec::<String>::new());
    world.assert_tidy().await;
}

#[tokio::test]
async fn what_a_program_cannot_do_is_refused_before_anything_is_written() {
    let (world, films, manager) = programmed(Fault::None).await;
    let one_partition = |params: &mut BackupParams| {
        params.backup_type = BackupType::Partition;
        params.partition_names = vec!["p1".to_owned()];
    };
    let asked: [&dyn Fn(&mut BackupParams); 4] = [
        &one_partition,
        &|params| params.source = SourceChoice::Query,
        &|params| params.skip_failed_partitions = true,
        &|params| params.protect_from_compaction = true,
    ];
    for change in asked {
        let error = manager.create_backup(&films, &with(BackupParams::full(), change)).await.unwrap_err();
        assert!(matches!(&error, Error::Unsupported { what } if what.contains("a local backup")), "{error:?}");
    }
    assert_eq!(world.files().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_program_that_fails_or_hangs_or_leaves_something_out_leaves_nothing() {
    for fault in [Fault::Fails, Fault::Hangs, Fault::LeavesOut] {
        let (world, films, manager) = programmed(fault).await;
        let error = cause(manager.create_backup(&films, &BackupParams::full()).await.unwrap_err());
        match fault {
            Fault::Hangs => assert!(matches!(error, Error::Stalled { .. }), "{error:?}"),
            Fault::LeavesOut => assert!(error.to_string().contains("nothing for partition `p1`"), "{error:?}"),
            _ => assert!(error.to_string().contains("the program failed"), "{error:?}"),
        }
        assert_eq!(world.files().await, Vec::<String>::new(), "{fault:?}");
        world.assert_tidy().await;
    }
}

#[tokio::test]
async fn the_program_restores_and_its_rows_are_counted() {
    let (world, films, manager) = programmed(Fault::None).await;
    let (id, collection) = (created(&manager, &films).await, world.reference(&films));
    let copy: CollectionName = "copy".parse().unwrap();
    let restored = manager.restore_backup(&collection, &id, &RestoreParams::to(copy.clone())).await.unwrap();
    assert_eq!((restored.rows_restored, restored.indexes_restored, restored.verification_passed), (50, 1, true));
    for partition in ["_default", "p1"] {
        assert_eq!(world.texts(&copy, partition), world.texts(&films, partition));
    }
    let lossy = driven(&world, Program::with_fault(&world, Fault::LosesRow));
    let error = lossy.restore_backup(&collection, &id, &RestoreParams::to("lossy".parse().unwrap())).await.unwrap_err();
    assert!(cause(error).to_string().contains("has 29 rows"), "what the program reports is not believed");
    assert_eq!(world.milvus.list_collections().await.unwrap().len(), 2, "the failed one was dropped");
    world.assert_tidy().await;
}

#[tokio::test]
async fn rows_are_inserted_where_the_program_cannot_restore_them() {
    let (world, films, manager) = programmed(Fault::None).await;
    let (id, collection) = (created(&manager, &films).await, world.reference(&films));
    let mut hindered = Program::of(&world);
    hindered.obstacle = Some("it is on another machine".to_owned());
    let hindered = driven(&world, hindered);
    let without = world.manager.clone().with_physical(Reader::of(&world));
    for (number, manager) in [&hindered, &without].into_iter().enumerate() {
        let copy: CollectionName = format!("copy_{number}").parse().unwrap();
        manager.restore_backup(&collection, &id, &RestoreParams::to(copy.clone())).await.unwrap();
        for partition in ["_default", "p1"] {
            assert_eq!(world.texts(&copy, partition), world.texts(&films, partition));
        }
    }
    let part =
        with(RestoreParams::to("part".parse().unwrap()), |params| params.partition_names = vec!["p1".to_owned()]);
    assert_eq!(manager.restore_backup(&collection, &id, &part).await.unwrap().rows_restored, 20);
    let tool = with(RestoreParams::to("x".parse().unwrap()), |params| params.method = RestoreMethod::Tool);
    let error = hindered.restore_backup(&collection, &id, &tool).await.unwrap_err();
    assert!(matches!(&error, Error::Unsupported { what } if what.contains("on another machine")), "{error:?}");
    let into = with(RestoreParams::to("copy_0".parse().unwrap()), |params| {
        params.into_existing = true;
        params.auto_id = AutoIdPolicy::Preserve;
    });
    assert_eq!(manager.restore_backup(&collection, &id, &into).await.unwrap().rows_restored, 50);
    world.assert_tidy().await;
}

#[tokio::test]
async fn methods_that_a_backup_does_not_allow_are_refused_by_name() {
    let (world, films, manager) = programmed(Fault::None).await;
    let collection = world.reference(&films);
    let (native, logical) = (created(&manager, &films).await, world.backed_up(&films, "logical").await);
    for (id, method) in [(&native, RestoreMethod::Import), (&logical, RestoreMethod::Tool)] {
        let params = with(RestoreParams::to("copy".parse().unwrap()), |params| params.method = method);
        let error = manager.restore_backup(&collection, id, &params).await.unwrap_err();
        assert!(matches!(&error, Error::Unsupported { .. }), "{method:?}: {error:?}");
    }
    assert_eq!(world.milvus.list_collections().await.unwrap(), ["films"]);
}

#[tokio::test]
async fn rows_that_are_missing_are_found_without_a_server() {
    let (world, films, manager) = programmed(Fault::None).await;
    let (id, collection) = (created(&manager, &films).await, world.reference(&films));
    let alone = world.reopened().with_physical(Reader::of(&world));
    assert!(alone.verify_backup(&collection, &id, &depth(VerificationType::Deep)).await.unwrap().success);
    // The reader finds what is in the Milvus in memory.
    let schema = samples::schema();
    world.milvus.insert(&films, &schema, None, samples::rows(&schema, 900..901, "c")).await.unwrap();
    world.milvus.flush(&films).await.unwrap();
    let found = alone.verify_backup(&collection, &id, &depth(VerificationType::Deep)).await.unwrap();
    assert!(!found.success && found.errors[0].message.contains("has 31 rows in its logs"), "{found:?}");
    let bare = world.reopened().verify_backup(&collection, &id, &depth(VerificationType::Deep)).await.unwrap_err();
    assert!(matches!(bare, Error::Unsupported { .. }), "{bare:?}");
}

#[tokio::test]
async fn an_exported_backup_is_a_logical_one_with_the_same_digests() {
    let (world, films, manager) = programmed(Fault::None).await;
    let (id, collection) = (created(&manager, &films).await, world.reference(&films));
    let repository = world.reopened().with_physical(Reader::of(&world));
    let params = with(BackupParams::full(), |params| params.backup_name = Some("exported".to_owned()));
    let exported = repository.export_backup(&collection, &id, &repository, &params).await.unwrap();
    let metadata = exported.metadata.unwrap();
    assert_eq!((metadata.storage_type, metadata.state), (BackupStorageType::LocalFile, BackupState::Verified));
    assert_eq!(metadata.created_at, manager.get_backup(&collection, &id).await.unwrap().metadata.created_at);
    let digests = async |id: &BackupId| {
        let partitions = repository.get_backup(&collection, id).await.unwrap().manifest.partitions.into_iter();
        partitions.map(|partition| (partition.name, partition.row_digest.unwrap())).collect::<Vec<_>>()
    };
    let logical = world.backed_up(&films, "logical").await;
    assert_eq!(digests(&metadata.backup_id).await, digests(&logical).await);
    let twice = repository.export_backup(&collection, &id, &repository, &params).await.unwrap_err();
    assert!(matches!(twice, Error::BackupAlreadyExists { .. }), "{twice:?}");
    let refused =
        repository.export_backup(&collection, &logical, &repository, &BackupParams::full()).await.unwrap_err();
    assert!(matches!(refused, Error::Refused { .. }), "{refused:?}");
    let lite = InMemoryMilvus::new(ServerModel::lite_3());
    let elsewhere = world.elsewhere(&lite);
    let restore = RestoreParams::to("copy".parse().unwrap());
    elsewhere.restore_backup(&collection, &metadata.backup_id, &restore).await.unwrap();
    assert_eq!(lite.list_collections().await.unwrap(), ["copy"]);
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_backup_that_the_program_made_by_itself_is_adopted_whole_or_not() {
    let (world, films, _) = programmed(Fault::None).await;
    let (collection, repository) = (world.reference(&films), world.reopened().with_physical(Reader::of(&world)));
    let adopt = async |fault| {
        let program = Program::with_fault(&world, fault);
        repository.adopt_backup(&program, "mine", &collection, &BackupParams::full()).await
    };
    let error = adopt(Fault::Fails).await.unwrap_err();
    assert!(matches!(error, Error::Backup { resumable: false, .. }), "{error:?}");
    assert_eq!(world.files().await, Vec::<String>::new());
    let metadata = adopt(Fault::None).await.unwrap().metadata.unwrap();
    assert_eq!((metadata.backup_name.as_str(), metadata.row_count), ("mine", 50));
    assert_eq!(metadata.created_at, "2026-01-02T03:04:05Z".parse().unwrap(), "retention treats it by its age");
    assert!(metadata.limitations.iter().any(|limitation| limitation.contains("adopted from `mine`")));
    let params = depth(VerificationType::Deep);
    assert!(repository.verify_backup(&collection, &metadata.backup_id, &params).await.unwrap().success);
    assert!(matches!(adopt(Fault::None).await.unwrap_err(), Error::BackupAlreadyExists { .. }));
    world.assert_tidy().await;
}

#[tokio::test]
async fn an_adoption_that_lost_its_lease_takes_its_commit_back() {
    let (world, films, _) = programmed(Fault::None).await;
    let program = Program::with_fault(&world, Fault::LosesLease);
    let (collection, repository) = (world.reference(&films), world.reopened());
    let error = repository.adopt_backup(&program, "mine", &collection, &BackupParams::full()).await.unwrap_err();
    assert!(matches!(cause(error), Error::InProgress { .. }));
    assert_eq!(repository.list_backups(None).await.unwrap().backups, []);
}

#[tokio::test]
async fn a_create_by_a_program_that_was_killed_is_not_resumed_and_what_it_left_is_pruned() {
    let (world, films) = World::with_films().await;
    let program = Arc::new(Program::with_fault(&world, Fault::Hangs));
    let manager = world.manager.clone().with_backend(Arc::<Program>::clone(&program));
    manager.create_backup(&films, &BackupParams::full()).await.unwrap_err();
    let midway = program.midway.lock().unwrap().take().unwrap();
    let killed = World::over(midway, world.milvus.fork());
    bury(&killed).await;
    let [left] = killed.reopened().incomplete_backups().await.unwrap().try_into().unwrap();
    let manager = driven(&killed, Program::of(&killed));
    let collection = killed.reference(&films);
    let resumed = manager.resume_backup(&collection, &left.backup_id, &BackupParams::full()).await;
    assert!(matches!(&resumed, Err(Error::Refused { .. })), "{resumed:?}");
    killed.reopened().prune_incomplete_backups(false).await.unwrap();
    let mut left = killed.files().await;
    left.retain(|file| !file.contains("/locks/"));
    assert_eq!(left, Vec::<String>::new());
}
