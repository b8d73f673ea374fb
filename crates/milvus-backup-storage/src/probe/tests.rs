use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use milvus_backup_core::Environment;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use super::*;
use crate::Storage;
use crate::test_environment::environment;

/// The promise that a [`Liar`] breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    IgnoresConditions,
    HasNoConditions,
    ListsLate,
    None,
}

/// A store in memory that breaks one promise.
#[derive(Debug)]
struct Liar(InMemory, Lie);

impl std::fmt::Display for Liar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("liar")
    }
}

#[async_trait]
impl ObjectStore for Liar {
    async fn put_opts(&self, location: &Path, payload: PutPayload, mut options: PutOptions) -> Result<PutResult> {
        if options.mode == PutMode::Create {
            match self.1 {
                Lie::IgnoresConditions => options.mode = PutMode::Overwrite,
                Lie::HasNoConditions => {
                    return Err(object_store::Error::NotImplemented {
                        operation: "conditional put".to_owned(),
                        implementer: "liar".to_owned(),
                    });
                }
                Lie::ListsLate | Lie::None => {}
            }
        }
        self.0.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.0.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.0.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.0.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        if self.1 == Lie::ListsLate {
            return Box::pin(futures::stream::empty());
        }
        self.0.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.0.copy_opts(from, to, options).await
    }
}

async fn probed(lie: Lie, extent: ProbeExtent) -> ProbeReport {
    let storage = Storage::from_store(Arc::new(Liar(InMemory::new(), lie)), "memory");
    let environment: Environment = environment();
    let report = storage.probe(&environment, extent).await.unwrap();
    if lie != Lie::ListsLate {
        assert_eq!(storage.directory("").list().await.unwrap(), [], "{lie:?}");
    }
    report
}

#[tokio::test]
async fn a_store_that_keeps_its_promises_passes() {
    for extent in [ProbeExtent::Vital, ProbeExtent::All] {
        let report = probed(Lie::None, extent).await;
        let kept = report.checks.iter().all(|check| match check.outcome {
            Outcome::Kept => true,
            // A store in memory has no clock.
            Outcome::Skipped(_) => check.promise == Promise::Clock,
            _ => false,
        });
        assert!(kept, "{report:?}");
        assert_eq!(report.checks.len(), if extent == ProbeExtent::All { 9 } else { 5 });
        assert!(report.broken().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_store_that_ignores_or_lacks_conditions_or_lists_late_is_found_out() {
    for (lie, expected) in [
        (Lie::IgnoresConditions, "it ignores the condition of a conditional put"),
        (Lie::HasNoConditions, "it has no conditional put"),
        (Lie::ListsLate, "it does not list an object right after it was written"),
    ] {
        let broken = probed(lie, ProbeExtent::Vital).await.broken().unwrap();
        assert_eq!(broken[0], expected, "{lie:?}");
    }
    let report = probed(Lie::IgnoresConditions, ProbeExtent::All).await;
    let race = report.checks.iter().find(|check| check.promise == Promise::OneCreateWins).unwrap();
    assert!(matches!(&race.outcome, Outcome::Broken(text) if text.starts_with("8 of 8")), "{race:?}");
}

#[tokio::test]
async fn a_directory_keeps_its_promises() {
    let root = tempfile::tempdir().unwrap();
    let storage = Storage::open(root.path().to_str().unwrap()).unwrap();
    assert!(storage.probe(&environment(), ProbeExtent::All).await.unwrap().broken().unwrap().is_empty());
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
}
