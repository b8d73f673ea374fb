//! A multipart upload to a local file.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use futures::FutureExt;
use object_store::{Error, Extensions, MultipartUpload, PutPayload, PutResult, Result, UploadPart};
use tokio::task::spawn_blocking;

use super::file::DirectFile;
use crate::error::of_disk;

/// An upload that removes its file when it is dropped before it is complete.
#[derive(Debug)]
pub(super) struct DirectUpload {
    /// `None` once the upload is complete or aborted.
    file: Option<Arc<DirectFile>>,
    destination: PathBuf,
    /// The offset at which the next part starts.
    offset: u64,
}

impl DirectUpload {
    /// Starts an upload, or returns `None` if its file should not be written directly.
    pub(super) async fn begin(destination: PathBuf) -> Result<Option<Self>> {
        let path = destination.clone();
        let file = blocking(move || DirectFile::begin(&path)).await?;
        Ok(file.map(|file| Self { file: Some(Arc::new(file)), destination, offset: 0 }))
    }
}

/// Runs disk I/O on a blocking thread.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T> {
    spawn_blocking(work).await?.map_err(of_disk)
}

fn ended() -> Error {
    of_disk(io::Error::other("the upload has ended"))
}

#[async_trait]
impl MultipartUpload for DirectUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let (file, start) = (self.file.clone(), self.offset);
        self.offset += data.content_length() as u64;
        async move {
            let file = file.ok_or_else(ended)?;
            let write = move || {
                let mut offset = start;
                for piece in &data {
                    file.write_at(piece, offset)?;
                    offset += piece.len() as u64;
                }
                Ok(())
            };
            blocking(write).await
        }
        .boxed()
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let (file, destination) = (self.file.take().ok_or_else(ended)?, self.destination.clone());
        let publish = move || file.publish(&destination).inspect_err(|_| drop(file.remove()));
        blocking(publish).await?;
        Ok(PutResult { e_tag: None, version: None, extensions: Extensions::default() })
    }

    async fn abort(&mut self) -> Result<()> {
        let file = self.file.take().ok_or_else(ended)?;
        blocking(move || file.remove()).await
    }
}

impl Drop for DirectUpload {
    fn drop(&mut self) {
        // Synchronously: a runtime that shuts down starts no further tasks. A file that cannot be removed is found by
        // its name later.
        if let Some(file) = self.file.take() {
            drop(file.remove());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use futures::future::try_join_all;

    use super::*;

    async fn started(directory: &tempfile::TempDir) -> Option<DirectUpload> {
        DirectUpload::begin(directory.path().join("file")).await.unwrap()
    }

    fn directory() -> tempfile::TempDir {
        tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap()
    }

    #[tokio::test]
    async fn parts_lie_in_the_order_in_which_they_were_given() {
        let directory = directory();
        let Some(mut upload) = started(&directory).await else { return };
        let parts =
            ["first ", "second ", "third"].map(|part| upload.put_part(PutPayload::from_static(part.as_bytes())));
        try_join_all(parts.into_iter().rev()).await.unwrap();
        upload.complete().await.unwrap();
        assert_eq!(fs::read_to_string(directory.path().join("file")).unwrap(), "first second third");
        assert!(upload.put_part(PutPayload::new()).await.is_err() && upload.complete().await.is_err());
    }

    #[tokio::test]
    async fn what_is_given_up_is_removed() {
        let directory = directory();
        let files = || fs::read_dir(directory.path()).unwrap().count();
        let Some(mut aborted) = started(&directory).await else { return };
        let dropped = started(&directory).await;
        assert_eq!(files(), 2);
        aborted.abort().await.unwrap();
        assert_eq!(files(), 1);
        drop(dropped);
        assert_eq!(files(), 0);
    }
}
