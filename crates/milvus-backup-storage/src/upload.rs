//! [`Upload`]: an upload of an object in parts, which is always completed or aborted, however its owner ends.
//!
//! Must always hold: an upload that was aborted is not completed, and the object is visible only once it is complete.
//! Stores keep, and charge for, the parts of an upload that is never ended.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use milvus_backup_core::Result;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, PutMultipartOptions, PutOptions};
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, JoinSet};

use crate::directory::Directory;
use crate::error::storage;
use crate::service_error::text;
use crate::transfer_rules::TransferRules;

/// Maximum number of parts in flight.
const PARTS_IN_FLIGHT: usize = 2;

/// Number of bytes in flight above which only one part is.
const BYTES_IN_FLIGHT: usize = 16 << 20;

/// An upload in parts. One that is dropped before its end is aborted in the background.
#[derive(Debug)]
pub struct Upload {
    path: String,
    destination: Destination,
    /// The first part, until there is a second one.
    held: Option<Bytes>,
    /// `None` before the upload is started, and once it is complete or aborted.
    inner: Option<Box<dyn MultipartUpload>>,
    parts: JoinSet<object_store::Result<()>>,
    abandoned: AbandonedUploads,
}

/// Where an upload goes, and how.
#[derive(Debug)]
struct Destination {
    store: Arc<dyn ObjectStore>,
    object: Path,
    rules: TransferRules,
}

impl Destination {
    async fn start(&self) -> Result<Box<dyn MultipartUpload>> {
        let attributes = self.rules.attributes.clone();
        let options = PutMultipartOptions { attributes, ..PutMultipartOptions::default() };
        let started = self.store.put_multipart_opts(&self.object, options).await;
        started.map_err(|source| storage("create", &self.object, source))
    }

    async fn put(&self, bytes: Bytes) -> Result<()> {
        let options = PutOptions { attributes: self.rules.attributes.clone(), ..PutOptions::default() };
        let put = self.store.put_opts(&self.object, bytes.into(), options).await;
        put.map(drop).map_err(|source| storage("write", &self.object, source))
    }
}

impl Upload {
    /// Sends the next part, after waiting until few enough are in flight. No part but the last one may be smaller than
    /// the one before it.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::Storage`] of this part, or of an earlier one.
    pub async fn put(&mut self, part: Bytes) -> Result<()> {
        if self.inner.is_none() && self.held.is_none() {
            self.held = Some(part);
            return Ok(());
        }
        if let Some(first) = self.held.take() {
            self.inner = Some(self.destination.start().await?);
            self.send(first).await?;
        }
        self.send(part).await
    }

    async fn send(&mut self, part: Bytes) -> Result<()> {
        let in_flight = (BYTES_IN_FLIGHT / part.len().max(1)).clamp(1, PARTS_IN_FLIGHT);
        if let Some(upload) = &mut self.inner {
            self.parts.spawn(upload.put_part(part.into()));
        }
        self.wait_for(in_flight).await
    }

    /// Waits until at most `in_flight` parts are in flight.
    async fn wait_for(&mut self, in_flight: usize) -> Result<()> {
        while self.parts.len() > in_flight
            && let Some(part) = self.parts.join_next().await
        {
            let part = part.map_err(object_store::Error::from).flatten();
            part.map_err(|source| storage("write", &self.path, source))?;
        }
        Ok(())
    }

    /// Waits for all parts, and makes the object visible and durable.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::Storage`]; the upload is then aborted.
    pub async fn complete(mut self) -> Result<()> {
        let completed = self.try_complete().await;
        match completed {
            Ok(()) => self.inner = None,
            Err(_) => self.abort().await,
        }
        completed
    }

    async fn try_complete(&mut self) -> Result<()> {
        self.wait_for(0).await?;
        match &mut self.inner {
            Some(upload) => {
                let completed = upload.complete().await;
                completed.map(drop).map_err(|source| storage("write", &self.path, source))
            }
            None => self.destination.put(self.held.take().unwrap_or_default()).await,
        }
    }

    /// Aborts the upload, and removes the parts that were sent.
    pub async fn abort(mut self) {
        self.abandon();
        // Parts of uploads that were abandoned earlier may still be in flight.
        self.abandoned.settle().await;
    }

    /// Aborts the upload in the background, unless it already ended.
    fn abandon(&mut self) {
        let Some(upload) = self.inner.take() else { return };
        // Without a runtime nothing can be sent any more. A local file is removed when the upload is dropped.
        if let Ok(runtime) = Handle::try_current() {
            let parts = std::mem::take(&mut self.parts);
            self.abandoned.push(runtime.spawn(abort(self.path.clone(), upload, parts)));
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.abandon();
    }
}

async fn abort(path: String, mut upload: Box<dyn MultipartUpload>, mut parts: JoinSet<object_store::Result<()>>) {
    parts.shutdown().await;
    if let Err(error) = upload.abort().await {
        tracing::warn!(error = text(&error), path, "cannot abort an upload");
    }
}

/// The abandoned uploads, until their parts are removed. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct AbandonedUploads {
    tasks: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl AbandonedUploads {
    fn push(&self, task: JoinHandle<()>) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    fn take(&self) -> Vec<JoinHandle<()>> {
        std::mem::take(&mut self.tasks.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until all abandoned uploads are aborted.
    pub async fn settle(&self) {
        for task in self.take() {
            // A task that panicked has nothing left to remove.
            let _ = task.await;
        }
    }
}

impl Directory {
    /// Starts an upload. To a service, nothing is sent before its second part or its end.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::Storage`] if it cannot be started.
    pub async fn upload(&self, file: &str, abandoned: &AbandonedUploads) -> Result<Upload> {
        let rules = self.rules().clone();
        let destination = Destination { store: Arc::clone(self.store()), object: self.object(file)?, rules };
        let inner = if destination.rules.small_at_once { None } else { Some(destination.start().await?) };
        let (path, abandoned) = (file.to_owned(), abandoned.clone());
        Ok(Upload { path, destination, held: None, inner, parts: JoinSet::new(), abandoned })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;
    use futures::FutureExt;
    use object_store::memory::InMemory;
    use object_store::{ObjectStoreExt, PutPayload, PutResult, UploadPart};

    use super::*;

    /// Counts its aborts, and fails on request.
    #[derive(Debug, Clone, Default)]
    struct Fake {
        aborted: Arc<AtomicUsize>,
        fails_parts: bool,
        fails_completion: bool,
    }

    fn failed() -> object_store::Error {
        object_store::Error::Generic { store: "fake", source: "on purpose".into() }
    }

    #[async_trait]
    impl MultipartUpload for Fake {
        fn put_part(&mut self, _: PutPayload) -> UploadPart {
            let fails = self.fails_parts;
            async move { if fails { Err(failed()) } else { Ok(()) } }.boxed()
        }

        async fn complete(&mut self) -> object_store::Result<PutResult> {
            if self.fails_completion {
                return Err(failed());
            }
            Ok(PutResult { e_tag: None, version: None, extensions: object_store::Extensions::default() })
        }

        async fn abort(&mut self) -> object_store::Result<()> {
            self.aborted.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    }

    fn started(fake: &Fake, abandoned: &AbandonedUploads) -> Upload {
        let (store, rules) = (Arc::new(InMemory::new()), TransferRules::default());
        Upload {
            path: "data/p.parquet".to_owned(),
            destination: Destination { store, object: Path::from("p"), rules },
            held: None,
            inner: Some(Box::new(fake.clone())),
            parts: JoinSet::new(),
            abandoned: abandoned.clone(),
        }
    }

    #[tokio::test]
    async fn an_object_of_one_part_is_sent_at_once_and_a_larger_one_in_parts() {
        let store = Arc::new(InMemory::new());
        let rules = TransferRules { small_at_once: true, ..TransferRules::default() };
        let directory = Directory::new(store.clone(), "").with_rules(rules);
        for parts in [0, 1, 2, 3] {
            let mut upload = directory.upload("file", &AbandonedUploads::default()).await.unwrap();
            for number in 0..parts {
                upload.put(Bytes::from(vec![number; 2])).await.unwrap();
                assert_eq!(upload.inner.is_some(), number > 0);
            }
            upload.complete().await.unwrap();
            let found = store.get(&Path::from("file")).await.unwrap().bytes().await.unwrap();
            assert_eq!(found, (0..parts).flat_map(|number| [number; 2]).collect::<Vec<u8>>());
        }
        drop(directory.upload("other", &AbandonedUploads::default()).await.unwrap());
        assert!(store.head(&Path::from("other")).await.is_err());
    }

    #[tokio::test]
    async fn an_upload_ends_once_whatever_ends_it() {
        let abandoned = AbandonedUploads::default();
        let fake = Fake::default();
        let aborted = || fake.aborted.load(Ordering::SeqCst);
        let mut complete = started(&fake, &abandoned);
        complete.put(Bytes::from_static(b"part")).await.unwrap();
        complete.complete().await.unwrap();
        assert_eq!(aborted(), 0);
        started(&fake, &abandoned).abort().await;
        assert_eq!(aborted(), 1);
        drop(started(&fake, &abandoned));
        abandoned.settle().await;
        assert_eq!(aborted(), 2);
    }

    #[tokio::test]
    async fn an_upload_that_cannot_be_completed_is_aborted() {
        let abandoned = AbandonedUploads::default();
        let fake = Fake { fails_completion: true, ..Fake::default() };
        assert!(started(&fake, &abandoned).complete().await.is_err());
        let late = Fake { fails_parts: true, aborted: Arc::clone(&fake.aborted), ..Fake::default() };
        let mut upload = started(&late, &abandoned);
        upload.put(Bytes::from_static(b"part")).await.unwrap();
        assert!(upload.complete().await.is_err());
        assert_eq!(fake.aborted.load(Ordering::SeqCst), 2);
    }
}
