//! A single call of the generated service: its deadline, its retries, and its failure.

use tonic::{Request, Status};

use crate::connection::MilvusConnection;
use crate::idempotency::IdempotencyKey;
use crate::refusal::{CallResult, Context, Failure, Refusal, RefusalKind};
use crate::status::{IntoStatus, checked};
use crate::transport::Client;

/// Makes one call of the generated service, with retries.
macro_rules! call {
    ($connection:expr, $name:literal, $method:ident, $request:expr) => {
        $connection.call($name, $request, |mut client, request| async move { client.$method(request).await }).await
    };
}
pub(crate) use call;

/// Makes one call of the generated service, without retries, for operations that must not be repeated.
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
    ) -> CallResult<A>
    where
        Q: Clone + Send + Sync,
        A: IntoStatus + Send,
        F: Future<Output = Result<tonic::Response<A>, Status>> + Send,
    {
        self.rate_limiter().retried(self.retry_policy(), || self.call_once(name, request.clone(), &send)).await
    }

    /// Makes one call without retries, for operations that must not be repeated.
    pub(crate) async fn call_once<Q, A, F>(
        &self,
        name: &'static str,
        request: Q,
        send: &(impl Fn(Client, Request<Q>) -> F + Sync),
    ) -> CallResult<A>
    where
        Q: Send,
        A: IntoStatus,
        F: Future<Output = Result<tonic::Response<A>, Status>> + Send,
    {
        self.call_under(None, name, request, send).await
    }

    /// Makes one call as [`Self::call_once`] does, under a key with which the server recognises a repetition.
    pub(crate) async fn call_under<Q, A, F>(
        &self,
        key: Option<&IdempotencyKey>,
        name: &'static str,
        request: Q,
        send: &(impl Fn(Client, Request<Q>) -> F + Sync),
    ) -> CallResult<A>
    where
        Q: Send,
        A: IntoStatus,
        F: Future<Output = Result<tonic::Response<A>, Status>> + Send,
    {
        let started = self.environment().elapsed();
        let answer = self.send_under(key, request, send).await;
        let passed = self.environment().elapsed().saturating_sub(started);
        tracing::debug!(call = name, milliseconds = passed.as_millis(), ok = answer.is_ok());
        answer.map_err(Refusal::Grpc).and_then(checked).map_err(|refusal| self.failure(name, refusal))
    }

    /// Sends one request with the deadline of a request. An error is one of the transport: whether the server performed
    /// the operation is then unknown.
    pub(crate) async fn send<Q, A, F>(
        &self,
        request: Q,
        send: &(impl Fn(Client, Request<Q>) -> F + Sync),
    ) -> Result<A, Status>
    where
        Q: Send,
        F: Future<Output = Result<tonic::Response<A>, Status>> + Send,
    {
        self.send_under(None, request, send).await
    }

    /// Sends one request as [`Self::send`] does, with a key in its metadata.
    pub(crate) async fn send_under<Q, A, F>(
        &self,
        key: Option<&IdempotencyKey>,
        request: Q,
        send: &(impl Fn(Client, Request<Q>) -> F + Sync),
    ) -> Result<A, Status>
    where
        Q: Send,
        F: Future<Output = Result<tonic::Response<A>, Status>> + Send,
    {
        let mut request = Request::new(request);
        request.set_timeout(self.request_timeout());
        if let Some(key) = key {
            key.add_to(request.metadata_mut());
        }
        send(self.client(), request).await.map(tonic::Response::into_inner)
    }

    /// Classifies the refusal of a call, and records whether the server was unreachable.
    pub(crate) fn failure(&self, call: &'static str, refusal: Refusal) -> Failure {
        let context = Context { call, uri: self.uri(), database: self.database() };
        let failure = Failure::new(context, refusal);
        if failure.is(RefusalKind::Unreachable) {
            self.mark_lost();
        }
        failure
    }
}
