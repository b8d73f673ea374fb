//! A create that was cut off, and goes on.

use milvus_backup_core::{BackupParams, Error, RestoreParams};
use object_store::{ObjectStoreExt, path::Path};

use crate::world::{World, cause, one_by_one, silence};

#[tokio::test]
async fn a_resumed_backup_keeps_the_chunks_that_were_complete() {
    let (world, films) = World::with_films().await;
    // The first partition is read to its end, and the server is silent from then on.
    world.milvus.on("read", |number, _| if number > 2 { Err(silence()) } else { Ok(()) });
    let error = world.manager.create_backup(&films, &one_by_one()).await.unwrap_err();
    let Error::Backup { backup_id: Some(id), resumable: true, .. } = &error else { panic!("{error:?}") };
    let collection = world.reference(&films);
    assert!(world.manager.list_backups(None).await.unwrap().backups.is_empty());
    world.assert_tidy().await;
    let chunks: Vec<String> = world.files().await.into_iter().filter(|file| file.contains("/data/")).collect();
    let [kept] = chunks.as_slice() else { panic!("{chunks:?}") };
    let before = world.store.head(&Path::parse(kept).unwrap()).await.unwrap();

    world.milvus.forget_hooks();
    let pages = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&pages);
    world.milvus.on("read", move |number, _| {
        counted.store(number, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    });
    let resumed = world.manager.resume_backup(&collection, id, &BackupParams::full()).await.unwrap();
    assert!(resumed.success);
    assert_eq!(resumed.row_count, 50);
    assert_eq!(world.store.head(&Path::parse(kept).unwrap()).await.unwrap().e_tag, before.e_tag, "{kept} is another");
    // Nothing of the partition that was complete but the empty page after its last key.
    assert!(pages.load(std::sync::atomic::Ordering::Relaxed) <= 3, "{pages:?} pages");
    assert!(world.files().await.iter().all(|file| !file.contains("unfinished")), "{:?}", world.files().await);
    world.milvus.forget_hooks();

    let copy = RestoreParams::to("copy".parse().unwrap());
    world.manager.restore_backup(&collection, id, &copy).await.unwrap();
    for partition in ["_default", "p1"] {
        assert_eq!(world.texts(&"copy".parse().unwrap(), partition), world.texts(&films, partition));
    }
    world.assert_tidy().await;
}

#[tokio::test]
async fn what_was_asked_for_otherwise_is_refused_and_stays() {
    let (world, films) = World::with_films().await;
    world.milvus.on("read", |number, _| if number > 2 { Err(silence()) } else { Ok(()) });
    let error = world.manager.create_backup(&films, &one_by_one()).await.unwrap_err();
    let Error::Backup { backup_id: Some(id), .. } = error else { panic!("{error:?}") };
    world.milvus.forget_hooks();
    let before = world.files().await;
    let collection = world.reference(&films);
    let refused = world.manager.resume_backup(&collection, &id, &BackupParams::full().with_name("other")).await;
    assert!(matches!(cause(refused.unwrap_err()), Error::Refused { .. }));
    assert_eq!(world.files().await, before);
    world.manager.resume_backup(&collection, &id, &BackupParams::full()).await.unwrap();
    let again = world.manager.resume_backup(&collection, &id, &BackupParams::full()).await;
    assert!(matches!(again, Err(Error::Refused { .. })), "{again:?}");
    world.assert_tidy().await;
}
