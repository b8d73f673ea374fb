//! One request and its response, as they pass through the proxy.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{StreamExt as _, stream};
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Body, Frame};
use hyper::header::{CONTENT_LENGTH, EXPECT, HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH, TRANSFER_ENCODING};
use hyper::{Method, Request, Response, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;

use super::disturbance::Disturbance;
use super::link::PIECE_BYTES;
use super::seen::SeenRequest;
use super::settings::{Settings, locked};

/// The reason why a connection is closed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Cut {
    #[error("the connection is cut as the test asked for")]
    Wanted,
    #[error("the client: {0}")]
    Client(#[from] hyper::Error),
    #[error("the store: {0}")]
    Store(#[from] hyper_util::client::legacy::Error),
}

type Outgoing = http_body_util::combinators::UnsyncBoxBody<Bytes, Cut>;
pub(super) type Upstream = Client<HttpConnector, Full<Bytes>>;

/// What came before a cut has reached the client after this time, and is not discarded with the connection.
const ARRIVAL: Duration = Duration::from_millis(50);
const GENERATION: HeaderName = HeaderName::from_static("x-goog-if-generation-match");

/// Passes one request on, with its disturbance. An error closes the connection.
pub(super) async fn pass<B>(
    settings: Arc<Settings>,
    upstream: Upstream,
    request: Request<B>,
) -> Result<Response<Outgoing>, Cut>
where
    B: Body<Data = Bytes> + Unpin,
    Cut: From<B::Error>,
{
    let seen = SeenRequest::of(&request);
    let announced = usize::try_from(seen.size).unwrap_or(usize::MAX);
    let disturbance = settings.take(seen);
    let delay = *locked(&settings.delay);
    tokio::time::sleep(delay).await;

    let (mut head, body) = request.into_parts();
    let wanted = if disturbance == Some(Disturbance::CutRequest) { announced / 2 } else { usize::MAX };
    let mut sent = receive(&settings, body, wanted).await?;
    match disturbance {
        Some(Disturbance::CutRequest) => return Err(Cut::Wanted),
        Some(Disturbance::Reject { status, code }) => return Ok(rejection(status, code)),
        Some(Disturbance::TruncateRequest) => {
            sent.truncate(sent.len() / 2);
            head.headers.insert(CONTENT_LENGTH, sent.len().into());
        }
        _ => {}
    }
    head.uri = upstream_uri(&settings, &head.uri);
    head.headers.remove(EXPECT);
    if *locked(&settings.ignores_conditions) {
        remove_conditions(&mut head.headers);
    }
    let method = head.method.clone();
    let (head, body) = upstream.request(Request::from_parts(head, Full::new(sent))).await?.into_parts();
    let received = receive(&Settings::before(settings.upstream), body, usize::MAX).await?;
    if disturbance == Some(Disturbance::LoseResponse) {
        return Err(Cut::Wanted);
    }
    Ok(send(settings, &method, Response::from_parts(head, received), disturbance))
}

/// Reads a body at the speed of the link, at least so much of it as is wanted.
async fn receive<B>(settings: &Settings, mut body: B, wanted: usize) -> Result<Bytes, B::Error>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut bytes = BytesMut::new();
    while bytes.len() < wanted {
        let Some(frame) = body.frame().await else { break };
        if let Ok(piece) = frame?.into_data() {
            settings.link.carry(piece.len()).await;
            bytes.extend_from_slice(&piece);
        }
    }
    Ok(bytes.freeze())
}

fn upstream_uri(settings: &Settings, uri: &Uri) -> Uri {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    format!("http://{}{target}", settings.upstream).parse().unwrap()
}

fn remove_conditions(headers: &mut HeaderMap) {
    for name in [IF_MATCH, IF_NONE_MATCH, GENERATION] {
        headers.remove(name);
    }
}

fn rejection(status: u16, code: &str) -> Response<Outgoing> {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>Please try again.</Message></Error>"
    );
    let body = Full::new(Bytes::from(body)).map_err(|never: Infallible| match never {}).boxed_unsync();
    Response::builder().status(status).body(body).unwrap()
}

/// Returns the response that goes to the client, at the speed of the link.
fn send(
    settings: Arc<Settings>,
    method: &Method,
    response: Response<Bytes>,
    disturbance: Option<Disturbance>,
) -> Response<Outgoing> {
    let (mut head, mut bytes) = response.into_parts();
    let whole = bytes.len();
    if matches!(disturbance, Some(Disturbance::CutResponse | Disturbance::TruncateResponse)) {
        bytes.truncate(whole / 2);
    }
    let announced = if disturbance == Some(Disturbance::CutResponse) { whole } else { bytes.len() };
    // A response to HEAD announces a body that does not come.
    if method != Method::HEAD && (whole > 0 || head.headers.remove(TRANSFER_ENCODING).is_some()) {
        head.headers.remove(TRANSFER_ENCODING);
        head.headers.insert(CONTENT_LENGTH, announced.into());
    }
    let pieces: Vec<Bytes> = bytes.chunks(PIECE_BYTES).map(|piece| bytes.slice_ref(piece)).collect();
    let paced = stream::iter(pieces).then(move |piece| {
        let settings = Arc::clone(&settings);
        async move {
            settings.link.carry(piece.len()).await;
            Ok(Frame::data(piece))
        }
    });
    let cut = (disturbance == Some(Disturbance::CutResponse)).then_some(Err(Cut::Wanted));
    let end = stream::iter(cut).then(|cut| async {
        tokio::time::sleep(ARRIVAL).await;
        cut
    });
    Response::from_parts(head, StreamBody::new(paced.chain(end)).boxed_unsync())
}
