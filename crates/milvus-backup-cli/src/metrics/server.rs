//! [`MetricsServer`]: metrics over HTTP while the scheduler runs.
//!
//! Must always hold: a request changes nothing, and no request keeps the scheduler from ending.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use milvus_backup_core::{Error, Result};
use tokio::net::TcpListener;

/// The type of the text format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Answers requests for the metrics that were set last.
#[derive(Debug, Clone, Default)]
pub(crate) struct MetricsServer {
    text: Arc<Mutex<Bytes>>,
}

impl MetricsServer {
    /// Starts to answer requests at an address, until the process ends.
    pub(crate) async fn listen(address: SocketAddr) -> Result<Self> {
        let server = Self::default();
        let listener = TcpListener::bind(address).await.map_err(|source| Error::InvalidSetting {
            place: "schedule.metrics_address".to_owned(),
            reason: format!("cannot listen at `{address}`: {source}"),
        })?;
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(accepting.clone().serve(TokioIo::new(stream)));
            }
        });
        Ok(server)
    }

    /// Replaces the metrics that requests get.
    pub(crate) fn set(&self, text: String) {
        *self.text.lock().unwrap_or_else(PoisonError::into_inner) = text.into();
    }

    async fn serve(self, stream: TokioIo<tokio::net::TcpStream>) {
        let service = service_fn(move |request| {
            let response = self.response(&request);
            async move { Ok::<_, Infallible>(response) }
        });
        // A client that ends the connection early is no error of the scheduler.
        let _ = hyper::server::conn::http1::Builder::new().keep_alive(false).serve_connection(stream, service).await;
    }

    fn response(&self, request: &Request<hyper::body::Incoming>) -> Response<Full<Bytes>> {
        let (status, body) = match (request.method(), request.uri().path()) {
            (&Method::GET, "/metrics") => {
                (StatusCode::OK, self.text.lock().unwrap_or_else(PoisonError::into_inner).clone())
            }
            (&Method::GET, "/healthz") => (StatusCode::OK, Bytes::from_static(b"ok\n")),
            _ => (StatusCode::NOT_FOUND, Bytes::from_static(b"GET /metrics or /healthz\n")),
        };
        let mut response = Response::new(Full::new(body));
        *response.status_mut() = status;
        response.headers_mut().insert(hyper::header::CONTENT_TYPE, hyper::header::HeaderValue::from_static(TEXT));
        response
    }
}
