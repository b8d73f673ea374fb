//! Multipart uploads that were started and not ended, of the services that list them: S3, GCS and those like them.
//!
//! `object_store` has no call for this. Azure neither lists nor aborts uploads; it discards their blocks after a week.

use std::fmt;

use async_trait::async_trait;
use milvus_backup_core::Result;
use object_store::client::{HttpClient, HttpRequest, HttpRequestBody};
use object_store::multipart::MultipartStore;
use object_store::path::Path;
use object_store::{Error as StoreError, Result as StoreResult};
use serde::Deserialize;

use super::signed::SignedListing;
use crate::error::{is_unsupported, storage};

/// The uploads of a store that were started and not ended.
#[async_trait]
pub(super) trait OpenUploads: fmt::Debug + Send + Sync {
    /// Lists the files of the uploads below a directory, as paths from the root.
    async fn files(&self, directory: &str) -> Result<Vec<String>>;

    /// Aborts the uploads below a directory.
    async fn abort(&self, directory: &str) -> Result<()>;
}

/// The uploads below a prefix of a bucket, in the XML interface of S3.
pub(super) struct ListedUploads {
    pub(super) bucket: Box<dyn SignedListing>,
    pub(super) store: Box<dyn MultipartStore>,
    pub(super) client: HttpClient,
    /// The prefix of the root in the bucket.
    pub(super) root: Path,
}

impl fmt::Debug for ListedUploads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListedUploads").field("bucket", &self.bucket).field("root", &self.root).finish_non_exhaustive()
    }
}

/// A page of the listing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    is_truncated: bool,
    #[serde(default)]
    next_key_marker: Option<String>,
    #[serde(default)]
    next_upload_id_marker: Option<String>,
    #[serde(default)]
    upload: Vec<ListedUpload>,
}

/// One upload that was started.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListedUpload {
    key: String,
    upload_id: String,
}

impl ListedUploads {
    async fn list(&self, directory: &str) -> StoreResult<Vec<ListedUpload>> {
        let prefix = match self.below_root(directory) {
            prefix if prefix.is_empty() => String::new(),
            prefix => format!("{prefix}/"),
        };
        let mut found = Vec::new();
        let mut markers: Option<(String, String)> = None;
        loop {
            let mut query = vec![("uploads".to_owned(), String::new()), ("prefix".to_owned(), prefix.clone())];
            if let Some((key, id)) = markers {
                query.push(("key-marker".to_owned(), key));
                query.push(("upload-id-marker".to_owned(), id));
            }
            let page = match self.page(&query).await {
                Err(error) if is_unsupported(&error) => {
                    tracing::debug!("the store does not list uploads");
                    return Ok(found);
                }
                page => page?,
            };
            // Some services take the prefix for a hint.
            found.extend(page.upload.into_iter().filter(|upload| upload.key.starts_with(&prefix)));
            markers = page.next_key_marker.zip(page.next_upload_id_marker);
            if !page.is_truncated || markers.is_none() {
                return Ok(found);
            }
        }
    }

    async fn page(&self, query: &[(String, String)]) -> StoreResult<Page> {
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        self.bucket.prepare(&mut request, query).await?;
        let response = self.client.execute(request).await.map_err(|source| failed(source.into()))?;
        let (parts, body) = response.into_parts();
        let body = body.bytes().await.map_err(|source| failed(source.into()))?;
        let text = String::from_utf8_lossy(&body);
        if !parts.status.is_success() {
            // The words by which errors of other requests are classified as well.
            return Err(failed(format!("Server returned non-2xx status code: {}: {text}", parts.status).into()));
        }
        quick_xml::de::from_str(&text).map_err(|source| failed(source.into()))
    }

    fn below_root(&self, directory: &str) -> String {
        match (self.root.as_ref(), directory) {
            ("", path) | (path, "") => path.to_owned(),
            (root, directory) => format!("{root}/{directory}"),
        }
    }
}

fn failed(source: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Generic { store: "uploads", source }
}

#[async_trait]
impl OpenUploads for ListedUploads {
    async fn files(&self, directory: &str) -> Result<Vec<String>> {
        let uploads =
            self.list(directory).await.map_err(|source| storage("list the uploads below", directory, source))?;
        let root = self.below_root("");
        let relative = |key: &str| key.strip_prefix(&root).map(|path| path.trim_start_matches('/').to_owned());
        Ok(uploads.iter().filter_map(|upload| relative(&upload.key)).collect())
    }

    async fn abort(&self, directory: &str) -> Result<()> {
        let uploads =
            self.list(directory).await.map_err(|source| storage("list the uploads below", directory, source))?;
        for ListedUpload { key, upload_id } in uploads {
            let path = Path::parse(&key).map_err(|source| storage("name", &key, source.into()))?;
            match self.store.abort_multipart(&path, &upload_id).await {
                // Another process ended it meanwhile.
                Ok(()) | Err(StoreError::NotFound { .. }) => {}
                Err(source) => return Err(storage("abort the upload of", &path, source)),
            }
        }
        Ok(())
    }
}
