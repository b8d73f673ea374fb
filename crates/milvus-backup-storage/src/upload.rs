//! [`Upload`]: a multipart upload that is always completed or aborted, however its owner ends.
//!
//! Stores keep, and charge for, the parts of an upload that is never ended.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use milvus_backup_core::Result;
use object_store::{MultipartUpload, ObjectStoreExt};
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, JoinSet};

use crate::directory::Directory;
use crate::error::storage;

/// Maximum number of parts in flight.
const PARTS_IN_FLIGHT: usize = 2;

/// A multipart upload. One that is dropped before its end is aborted in the background.
#[derive(Debug)]
pub struct Upload {
    path: String,
    /// `None` once the upload is complete or aborted.
    inner: Option<Box<dyn MultipartUpload>>,
    parts: JoinSet<object_store::Result<()>>,
    abandoned: AbandonedUploads,
}

impl Upload {
    fn new(path: String, upload: Box<dyn MultipartUpload>, abandoned: AbandonedUploads) -> Self {
        Self { path, inner: Some(upload), parts: JoinSet::new(), abandoned }
    }

    /// Sends the next part, after waiting until few enough are in flight. All parts but the last one must have the same
    /// size.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::Storage`] of this part, or of an earlier one.
    pub async fn put(&mut self, part: Bytes) -> Result<()> {
        if let Some(upload) = &mut self.inner {
            self.parts.spawn(upload.put_part(part.into()));
        }
        self.wait_for(PARTS_IN_FLIGHT).await
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
        if let Some(upload) = &mut self.inner {
            upload.complete().await.map_err(|source| storage("write", &self.path, source))?;
        }
        Ok(())
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
        tracing::warn!(%error, path, "cannot abort an upload");
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
    /// Starts a multipart upload.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::Storage`] if it cannot be started.
    pub async fn upload(&self, file: &str, abandoned: &AbandonedUploads) -> Result<Upload> {
        let object = self.object(file)?;
        let upload = self.store().put_multipart(&object).await.map_err(|source| storage("create", &object, source))?;
        Ok(Upload::new(file.to_owned(), upload, abandoned.clone()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;
    use futures::FutureExt;
    use object_store::{PutPayload, PutResult, UploadPart};

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

    fn begun(fake: &Fake, abandoned: &AbandonedUploads) -> Upload {
        Upload::new("data/p.parquet".to_owned(), Box::new(fake.clone()), abandoned.clone())
    }

    #[tokio::test]
    async fn an_upload_ends_once_whatever_ends_it() {
        let abandoned = AbandonedUploads::default();
        let fake = Fake::default();
        let aborted = || fake.aborted.load(Ordering::SeqCst);
        let mut complete = begun(&fake, &abandoned);
        complete.put(Bytes::from_static(b"part")).await.unwrap();
        complete.complete().await.unwrap();
        assert_eq!(aborted(), 0);
        begun(&fake, &abandoned).abort().await;
        assert_eq!(aborted(), 1);
        drop(begun(&fake, &abandoned));
        abandoned.settle().await;
        assert_eq!(aborted(), 2);
    }

    #[tokio::test]
    async fn an_upload_that_cannot_be_completed_is_aborted() {
        let abandoned = AbandonedUploads::default();
        let fake = Fake { fails_completion: true, ..Fake::default() };
        assert!(begun(&fake, &abandoned).complete().await.is_err());
        let late = Fake { fails_parts: true, aborted: Arc::clone(&fake.aborted), ..Fake::default() };
        let mut upload = begun(&late, &abandoned);
        upload.put(Bytes::from_static(b"part")).await.unwrap();
        assert!(upload.complete().await.is_err());
        assert_eq!(fake.aborted.load(Ordering::SeqCst), 2);
    }
}
