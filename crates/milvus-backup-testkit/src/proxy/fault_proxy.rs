//! [`FaultProxy`]: a proxy that listens, and what tests make it do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::disturbance::Disturbance;
use super::exchange::pass;
use super::seen::SeenRequest;
use super::settings::{Settings, locked};

/// A proxy before one object store, on a port of its own until it is dropped. At first it only passes on.
///
/// ```
/// use milvus_backup_testkit::{Disturbance, FaultProxy};
///
/// let proxy = FaultProxy::before("http://127.0.0.1:1");
/// proxy.disturb(|request, before| (!request.reads() && before < 3).then_some(Disturbance::UNAVAILABLE));
/// assert!(proxy.uri().starts_with("http://127.0.0.1:"));
/// ```
#[derive(Debug)]
pub struct FaultProxy {
    settings: Arc<Settings>,
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        // Waiting is not allowed where a test is asynchronous.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl FaultProxy {
    /// Starts a proxy before the store at this address, `http://127.0.0.1:PORT`.
    pub fn before(endpoint: &str) -> Self {
        let upstream = endpoint.strip_prefix("http://").unwrap().parse().unwrap();
        let settings = Arc::new(Settings::before(upstream));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        // A test may be asynchronous itself, and must not be blocked.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let inside = runtime.enter();
        let listener = TcpListener::from_std(listener).unwrap();
        drop(inside);
        runtime.spawn(accept(listener, Arc::clone(&settings)));
        Self { settings, address, runtime: Some(runtime) }
    }

    /// Returns its address, `http://127.0.0.1:PORT`.
    pub fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Disturbs requests as `rule` says from now on, which is given each request and the number of those before it.
    pub fn disturb(&self, rule: impl FnMut(&SeenRequest, usize) -> Option<Disturbance> + Send + 'static) {
        self.settings.set_rule(Some(Box::new(rule)));
    }

    /// Passes every request on again.
    pub fn calm(&self) {
        self.settings.set_rule(None);
    }

    /// Holds every request back for so long before it is passed on.
    pub fn delay(&self, delay: Duration) {
        *locked(&self.settings.delay) = delay;
    }

    /// Lets so many bytes of bodies pass in a second, in both directions and over all connections together.
    pub fn limit(&self, bytes_per_second: u32) {
        self.settings.link.limit(bytes_per_second);
    }

    /// Removes the conditions of every request, so that the store seems to ignore them. A store that checks signatures
    /// rejects such a request.
    pub fn ignore_conditions(&self) {
        *locked(&self.settings.ignores_conditions) = true;
    }

    /// Returns the requests that came until now, in their order, and forgets them.
    pub fn take_requests(&self) -> Vec<SeenRequest> {
        std::mem::take(&mut *self.settings.seen())
    }
}

async fn accept(listener: TcpListener, settings: Arc<Settings>) {
    let upstream = Client::builder(TokioExecutor::new()).build_http();
    while let Ok((stream, _)) = listener.accept().await {
        let (settings, upstream) = (Arc::clone(&settings), upstream.clone());
        tokio::spawn(async move {
            let service = service_fn(|request| pass(Arc::clone(&settings), upstream.clone(), request));
            // An error is a connection that was cut, by the client or by a disturbance.
            drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
        });
    }
}
