//! The HTTP client of object stores: that of `object_store`, with errors that can be told apart and hold no secrets.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use jiff::Timestamp;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService,
    ReqwestConnector,
};

use super::refusal::{MissingBucket, Refusal};

/// Largest body of an error that is read, in bytes.
const MAX_ERROR_BYTES: usize = 64 << 10;

/// Creates the clients, and keeps the last one for requests that `object_store` has no call for.
#[derive(Debug, Clone, Default)]
pub(super) struct Connector {
    last: Arc<Mutex<Option<HttpClient>>>,
    time: StoreTime,
}

impl Connector {
    /// Returns the client that was created last: a builder creates those for credentials before that for objects.
    pub(super) fn client(&self) -> Option<HttpClient> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the time of the store, which each response updates.
    pub(super) fn time(&self) -> StoreTime {
        self.time.clone()
    }
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let inner = ReqwestConnector::default().connect(options)?;
        let client = HttpClient::new(ExplainedClient { inner, time: self.time.clone() });
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(client.clone());
        Ok(client)
    }
}

/// The time in the last response of a store. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct StoreTime(Arc<Mutex<Option<Timestamp>>>);

impl StoreTime {
    pub(crate) fn last(&self) -> Option<Timestamp> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, response: &HttpResponse) {
        let date = response.headers().get("date").and_then(|date| date.to_str().ok());
        if let Some(time) = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(time.timestamp());
        }
    }
}

/// A client whose errors are short: a response that refuses a request keeps its code and its message only.
#[derive(Debug)]
struct ExplainedClient {
    inner: HttpClient,
    time: StoreTime,
}

#[async_trait]
impl HttpService for ExplainedClient {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let response = self.inner.execute(request).await?;
        self.time.update(&response);
        if response.status().is_client_error() || response.status().is_server_error() {
            explained(response).await
        } else {
            Ok(response)
        }
    }
}

async fn explained(response: HttpResponse) -> Result<HttpResponse, HttpError> {
    let (parts, body) = response.into_parts();
    let refusal = Refusal::parse(&beginning(body).await);
    if refusal.as_ref().is_some_and(Refusal::is_missing_bucket) {
        return Err(HttpError::new(HttpErrorKind::Unknown, MissingBucket));
    }
    // The page of a proxy or a load balancer has no code: the status is all that is reported of it.
    let body = refusal.map_or_else(Bytes::new, Refusal::into_body);
    Ok(HttpResponse::from_parts(parts, HttpResponseBody::from(body)))
}

/// Reads the beginning of a body, as far as it arrives.
async fn beginning(body: HttpResponseBody) -> Bytes {
    let (mut bytes, mut stream) = (BytesMut::new(), body.bytes_stream());
    while bytes.len() < MAX_ERROR_BYTES
        && let Ok(Some(piece)) = stream.try_next().await
    {
        bytes.extend_from_slice(&piece[..piece.len().min(MAX_ERROR_BYTES - bytes.len())]);
    }
    bytes.freeze()
}
