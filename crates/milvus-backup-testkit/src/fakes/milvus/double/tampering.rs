//! What a test changes of answers: in the messages, and in their bytes.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{BufMut, Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use milvus::proto::milvus as pb;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::NamedService;

use super::call::{Parts, locked};
use super::places::Place;
use super::raw::appended;

/// Bytes before a message: whether it is compressed, and its length.
const PREFIX: usize = 5;

type Change<A> = Box<dyn FnMut(&mut A) + Send>;

/// What is changed of answers.
#[derive(Default)]
pub(super) struct Tampering {
    raw: Vec<(Place, Vec<u8>)>,
    descriptions: Vec<Change<pb::DescribeCollectionResponse>>,
    rows: Vec<Change<pb::QueryResults>>,
}

impl Tampering {
    pub(super) fn append(&mut self, place: Place, bytes: Vec<u8>) {
        self.raw.push((place, bytes));
    }

    pub(super) fn change_descriptions(&mut self, change: Change<pb::DescribeCollectionResponse>) {
        self.descriptions.push(change);
    }

    pub(super) fn change_rows(&mut self, change: Change<pb::QueryResults>) {
        self.rows.push(change);
    }

    pub(super) fn alter_description(&mut self, answer: &mut pb::DescribeCollectionResponse) {
        self.descriptions.iter_mut().for_each(|change| change(answer));
    }

    pub(super) fn alter_rows(&mut self, answer: &mut pb::QueryResults) {
        self.rows.iter_mut().for_each(|change| change(answer));
    }

    fn raw_of(&self, call: &str) -> Vec<(Place, Vec<u8>)> {
        self.raw.iter().filter(|(place, _)| place.call() == call).cloned().collect()
    }
}

/// A service whose responses are changed before they are sent.
#[derive(Clone)]
pub(super) struct Tampered<S> {
    pub(super) service: S,
    pub(super) parts: Arc<Parts>,
}

impl<S: NamedService> NamedService for Tampered<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<http::Request<Body>> for Tampered<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let call = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
        let raw = locked(&self.parts.tampering).raw_of(&call);
        let answer = self.service.call(request);
        Box::pin(async move { if raw.is_empty() { answer.await } else { Ok(rewritten(answer.await?, &raw).await) } })
    }
}

/// Returns an answer with these bytes in these places, where it has them.
async fn rewritten(answer: http::Response<Body>, raw: &[(Place, Vec<u8>)]) -> http::Response<Body> {
    let (head, body) = answer.into_parts();
    let body = body.collect().await.expect("a body that is in memory");
    let trailers = body.trailers().cloned();
    let frame = body.to_bytes();
    let frame = if frame.len() < PREFIX { frame } else { framed(changed(&frame[PREFIX..], raw)) };
    let body = Full::new(frame).with_trailers(async move { trailers.map(Ok) });
    http::Response::from_parts(head, Body::new(body))
}

fn changed(message: &[u8], raw: &[(Place, Vec<u8>)]) -> Vec<u8> {
    let mut message = message.to_vec();
    for (place, bytes) in raw {
        let path = place.path(&message);
        if let Some(changed) = path.and_then(|path| appended(&message, &path, bytes)) {
            message = changed;
        }
    }
    message
}

fn framed(message: Vec<u8>) -> Bytes {
    let mut frame = BytesMut::with_capacity(PREFIX + message.len());
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).unwrap());
    frame.put_slice(&message);
    frame.freeze()
}
