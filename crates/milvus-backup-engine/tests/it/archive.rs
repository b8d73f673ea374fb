//! Archives of backups: out of one repository as a stream, and into another one.

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use milvus_backup_core::{
    ArchiveSink, BackupId, CollectionName, CollectionRef, CopyParams, CopyResult, Error, ErrorKind, Result,
    VerificationParams,
};

use crate::world::World;

/// An archive in memory.
#[derive(Debug, Default)]
struct Collected(Vec<u8>);

#[async_trait]
impl ArchiveSink for Collected {
    async fn put(&mut self, bytes: Bytes) -> Result<()> {
        self.0.extend_from_slice(&bytes);
        Ok(())
    }
}

/// A backup, its archive, and an empty repository.
struct Archived {
    here: World,
    there: World,
    collection: CollectionRef,
    id: BackupId,
    bytes: Vec<u8>,
}

impl Archived {
    async fn new() -> Self {
        let (here, films) = World::with_films().await;
        let id = here.backed_up(&films, "a").await;
        let there = World::new(milvus_backup_testkit::fakes::ServerModel::milvus_2_3());
        let mut archived = Self { collection: here.reference(&films), here, there, id, bytes: Vec::new() };
        archived.bytes = archived.export().await.unwrap().1;
        archived
    }

    async fn export(&self) -> Result<(CopyResult, Vec<u8>)> {
        let mut sink = Collected::default();
        let params = CopyParams::default();
        let result =
            self.here.reopened().export_archive(&self.collection, &self.id, "a.tar", &mut sink, &params).await?;
        Ok((result, sink.0))
    }

    async fn import(&self, bytes: &[u8]) -> Result<CopyResult> {
        let portions: Vec<Result<Bytes>> = bytes.chunks(900).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
        self.import_stream(stream::iter(portions).boxed()).await
    }

    async fn import_stream(&self, content: BoxStream<'static, Result<Bytes>>) -> Result<CopyResult> {
        self.there.reopened().import_archive("a.tar", content, &CopyParams::default()).await
    }

    /// The position of the content of a file in the archive.
    fn position(&self, file: &str) -> usize {
        let mut archive = tar::Archive::new(self.bytes.as_slice());
        let mut entries = archive.entries().unwrap().map(std::result::Result::unwrap);
        let found = entries.find(|entry| entry.path().unwrap().ends_with(file)).unwrap();
        usize::try_from(found.raw_file_position()).unwrap()
    }
}

#[tokio::test]
async fn what_comes_out_is_equal_byte_for_byte() {
    let archived = Archived::new().await;
    let imported = archived.import(&archived.bytes).await.unwrap();
    assert!(imported.success && !imported.already_present, "{imported:?}");
    assert_eq!((imported.source.as_str(), &imported.backup_id), ("a.tar", &archived.id));
    let files = archived.there.files().await;
    assert_eq!(files.len() as u64, imported.files_copied);
    let mut bytes = 0;
    for file in &files {
        let content = archived.there.read(file).await;
        assert!(content == archived.here.read(file).await, "{file}");
        bytes += content.len() as u64;
    }
    assert_eq!(imported.bytes_copied, bytes);
    let (there, params) = (archived.there.reopened(), VerificationParams::checksum());
    assert!(there.verify_backup(&archived.collection, &archived.id, &params).await.unwrap().success);
    archived.there.assert_tidy().await;
}

#[tokio::test]
async fn an_archive_is_always_the_same() {
    let archived = Archived::new().await;
    let (result, again) = archived.export().await.unwrap();
    assert!(again == archived.bytes);
    assert_eq!(result.bytes_copied, again.len() as u64);
}

#[tokio::test]
async fn a_second_import_writes_nothing() {
    let archived = Archived::new().await;
    archived.import(&archived.bytes).await.unwrap();
    let before = archived.there.files().await;
    let again = archived.import(&archived.bytes).await.unwrap();
    assert!(again.success && again.already_present && again.files_copied == 0, "{again:?}");
    assert_eq!(archived.there.files().await, before);
}

#[tokio::test]
async fn names_of_backups_stay_unique() {
    let archived = Archived::new().await;
    let films: CollectionName = "films".parse().unwrap();
    archived.here.reopened().delete_backup(&archived.collection, &archived.id).await.unwrap();
    let newer = archived.here.backed_up(&films, "a").await;
    let portion = stream::iter(vec![Ok(Bytes::from(archived.bytes.clone()))]).boxed();
    let refused = archived.here.reopened().import_archive("a.tar", portion, &CopyParams::default()).await;
    assert!(matches!(&refused, Err(Error::BackupAlreadyExists { existing, .. }) if *existing == newer), "{refused:?}");
}

#[tokio::test]
async fn nothing_is_left_of_a_damaged_archive() {
    for file in ["schema.json", "data/%5Fdefault.parquet", "manifest.json", "checksums.json", "metadata.json"] {
        let archived = Archived::new().await;
        let mut bytes = archived.bytes.clone();
        bytes[archived.position(file) + 4] ^= 1;
        let refused = archived.import(&bytes).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Corrupted, "{file}: {refused:?}");
        assert!(refused.to_string().contains("`a.tar`"), "{refused}");
        let files = archived.there.files().await;
        assert!(files.iter().all(|file| !file.contains("films/")), "{files:?}");
        archived.there.assert_tidy().await;
    }
}

#[tokio::test]
async fn an_interrupted_import_continues() {
    let archived = Archived::new().await;
    let cut = archived.position("schema.json");
    let failure = || Error::Internal { action: "read".to_owned(), source: "cut".into() };
    let content = vec![Ok(Bytes::copy_from_slice(&archived.bytes[..cut])), Err(failure())];
    archived.import_stream(stream::iter(content).boxed()).await.unwrap_err();
    assert_eq!(archived.there.reopened().list_backups(None).await.unwrap().backups.len(), 0);
    let imported = archived.import(&archived.bytes).await.unwrap();
    assert!(imported.files_resumed > 0, "{imported:?}");
    archived.there.assert_tidy().await;
}

#[tokio::test]
async fn a_damaged_backup_is_not_exported() {
    let archived = Archived::new().await;
    let file = format!("films/{}/schema.json", archived.id);
    let mut bytes = archived.here.read(&file).await;
    bytes[10] ^= 1;
    archived.here.write(&file, bytes).await;
    let refused = archived.export().await;
    assert!(
        matches!(&refused, Err(Error::Corrupted { failed_files, .. }) if failed_files == &["schema.json"]),
        "{refused:?}"
    );
}
