//! One call of the generated service: its deadline, its retries, and its failure as an error.

use std::fmt;
use std::time::Instant;

use milvus_backup_core::{Error, Result};
use tonic::{Code, Request, Status};

use crate::connection::MilvusConnection;
use crate::permission::permission_denied;
use crate::status::{
    IntoStatus, NOT_AUTHENTICATED, NOT_PERMITTED, check, is_database_not_found, is_not_http_2, is_without_grpc_status,
    limited, refused,
};
use crate::transport::Client;

/// Makes one call of the generated service, with retries.
macro_rules! call {
    ($connection:expr, $name:literal, $method:ident, $request:expr) => {
        $connection.call($name, $request, |mut client, request| async move { client.$method(request).await }).await
    };
}
pub(crate) use call;

/// Makes one call of the generated service, once: for what must not be done twice.
macro_rules! call_once {
    ($connection:expr, $name:literal, $method:ident, $request:expr) => {{
        let send = |mut client: crate::transport::Client, request| async move { client.$method(request).await };
        $connection.call_once($name, $request, &send).await
    }};
}
pub(crate) use call_once;

impl MilvusConnection {
    /// Makes one call, with the deadline of a request and retries on transient errors.
    pub(crate) async fn call<Q, A, F>(
        &self,
        name: &'static str,
        request: Q,
        send: impl Fn(Client, Request<Q>) -> F + Send + Sync,
    ) -> Result<A>
    where
        Q: Clone + Send + Sync,
        A: IntoStatus + Send,
        F: Future<Output = std::result::Result<tonic::Response<A>, Status>> + Send,
    {
        self.rate_limiter().retried(self.retry_policy(), || self.call_once(name, request.clone(), &send)).await
    }

    /// Makes one call, once: for what must not be done twice.
    pub(crate) async fn call_once<Q, A, F>(
        &self,
        name: &'static str,
        request: Q,
        send: &(impl Fn(Client, Request<Q>) -> F + Sync),
    ) -> Result<A>
    where
        Q: Send,
        A: IntoStatus,
        F: Future<Output = std::result::Result<tonic::Response<A>, Status>> + Send,
    {
        let started = Instant::now();
        let answer = self.send(request, send).await;
        tracing::debug!(call = name, milliseconds = started.elapsed().as_millis(), ok = answer.is_ok());
        answer
            .map_or_else(|status| Err(self.transport_error(name, &status)), |answer| check(name, answer))
            .map_err(|error| self.named(name, error))
    }

    /// The error, by the name that callers know it by.
    fn named(&self, call: &str, error: Error) -> Error {
        match error {
            error if is_database_not_found(&error) => Error::DatabaseNotFound { database: self.database().to_owned() },
            Error::Milvus { code: NOT_AUTHENTICATED, message, .. } => {
                Error::Authentication { uri: self.uri().to_owned(), message }
            }
            Error::Milvus { code: NOT_PERMITTED, message, .. } => permission_denied(self.uri(), call, message),
            error => limited(error),
        }
    }

    /// Sends one request with the deadline of a request. An error is one of the transport: whether the server did
    /// what was asked is then unknown.
    pub(crate) async fn send<Q, A, F>(
        &self,
        request: Q,
        send: &(impl Fn(Client, Request<Q>) -> F + Sync),
    ) -> std::result::Result<A, Status>
    where
        Q: Send,
        F: Future<Output = std::result::Result<tonic::Response<A>, Status>> + Send,
    {
        let mut request = Request::new(request);
        request.set_timeout(self.request_timeout());
        send(self.client(), request).await.map(tonic::Response::into_inner)
    }

    pub(crate) fn transport_error(&self, name: &str, status: &Status) -> Error {
        let message = status.message().to_owned();
        match status.code() {
            _ if is_not_http_2(status) => self.not_milvus("its response is not HTTP/2".to_owned()),
            Code::Unavailable => self.unreachable(status),
            _ if is_without_grpc_status(&message) => self.not_milvus(message),
            Code::Unauthenticated => Error::Authentication { uri: self.uri().to_owned(), message },
            Code::PermissionDenied => permission_denied(self.uri(), name, message),
            Code::Unimplemented => Error::Unsupported { what: format!("{name} on this server ({message})") },
            // A connection that broke in the middle of an answer; a status of the server has no source.
            Code::Unknown | Code::Internal if std::error::Error::source(status).is_some() => self.unreachable(status),
            code => refused(
                name,
                code as i32,
                message,
                matches!(code, Code::Aborted | Code::Cancelled | Code::DeadlineExceeded),
            ),
        }
    }

    fn not_milvus(&self, reason: String) -> Error {
        Error::NotMilvus { uri: self.uri().to_owned(), source: reason.into() }
    }

    fn unreachable(&self, status: &Status) -> Error {
        self.mark_lost();
        Error::Unreachable { uri: self.uri().to_owned(), source: Box::new(TransportFailure(status.clone())) }
    }
}

/// A status of the transport in one human-readable line; its own form lists all its headers.
#[derive(Debug)]
struct TransportFailure(Status);

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.message() {
            "" => f.write_str(self.0.code().description()),
            message => f.write_str(message),
        }
    }
}

impl std::error::Error for TransportFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}
