//! The calls that take and give these messages.

use bytes::{BufMut, BytesMut};
use http_body_util::Full;
use milvus::proto::milvus as pb;
use prost::Message;
use tonic::body::Body;
use tonic::client::Grpc;
use tonic::codec::{Codec, EncodeBuf, Encoder, ProstCodec};
use tonic::codegen::Service;
use tonic::codegen::http::header::{CONTENT_TYPE, TE};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::codegen::http::{self, HeaderValue, StatusCode};
use tonic::{Code, Request, Response, Status};

use super::buffers::AnswerBuffers;
use super::receive::{receive, require_success};
use super::{InsertRows, QueryAnswer};
use crate::connection::{MAX_MESSAGE_BYTES, Transport};

/// The call `Query`. An answer of more than `limit` bytes is an error (`OUT_OF_RANGE`).
pub(crate) async fn query(
    mut transport: Transport,
    request: Request<pb::QueryRequest>,
    limit: usize,
    buffers: AnswerBuffers,
) -> Result<Response<QueryAnswer>, Status> {
    let request = http_request("/milvus.proto.milvus.MilvusService/Query", request)?;
    std::future::poll_fn(|context| transport.poll_ready(context))
        .await
        .map_err(|error| Status::from_error(error.into()))?;
    let answer = transport.call(request).await.map_err(|error| Status::from_error(error.into()))?;
    let (head, body) = answer.into_parts();
    require_success(Some(&head.headers))?;
    require_ok(head.status)?;
    let message = receive(body, limit, &buffers).await?;
    let answer = QueryAnswer::decode(message).map_err(|error| Status::internal(error.to_string()))?;
    Ok(Response::new(answer))
}

/// A call as HTTP/2 request, see "gRPC over HTTP2".
fn http_request<Q: Message>(path: &'static str, request: Request<Q>) -> Result<http::Request<Body>, Status> {
    let (metadata, extensions, message) = request.into_parts();
    let length = message.encoded_len();
    let too_large = |_| Status::out_of_range(format!("message length too large: {length} bytes"));
    let mut bytes = BytesMut::with_capacity(5 + length);
    bytes.put_u8(0);
    bytes.put_u32(u32::try_from(length).map_err(too_large)?);
    message.encode(&mut bytes).map_err(|error| Status::internal(error.to_string()))?;
    let mut request = http::Request::new(Body::new(Full::new(bytes.freeze())));
    *request.method_mut() = http::Method::POST;
    *request.version_mut() = http::Version::HTTP_2;
    *request.uri_mut() = http::Uri::from_static(path);
    *request.headers_mut() = metadata.into_headers();
    *request.extensions_mut() = extensions;
    request.headers_mut().insert(TE, HeaderValue::from_static("trailers"));
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    Ok(request)
}

/// Fails for an answer that is not from Milvus, but from what stands before it ("HTTP to gRPC Status Code Mapping").
fn require_ok(status: StatusCode) -> Result<(), Status> {
    let code = match status {
        StatusCode::OK => return Ok(()),
        StatusCode::BAD_REQUEST => Code::Internal,
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::PermissionDenied,
        StatusCode::NOT_FOUND => Code::Unimplemented,
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Code::Unavailable,
        _ => Code::Unknown,
    };
    Err(Status::new(code, format!("HTTP status {status}")))
}

/// The call `Insert`.
pub(crate) async fn insert(
    transport: Transport,
    request: Request<InsertRows>,
) -> Result<Response<pb::MutationResult>, Status> {
    let mut grpc =
        Grpc::new(transport).max_decoding_message_size(MAX_MESSAGE_BYTES).max_encoding_message_size(MAX_MESSAGE_BYTES);
    grpc.ready().await.map_err(|error| Status::from_error(error.into()))?;
    let path = PathAndQuery::from_static("/milvus.proto.milvus.MilvusService/Insert");
    grpc.unary(request, path, InsertCodec::default()).await
}

type InsertProst = ProstCodec<InsertRows, pb::MutationResult>;

/// The codec of Protocol Buffers, with room for the whole of a message from the start: a buffer that grows while
/// megabytes are written into it copies them over and over.
#[derive(Default)]
struct InsertCodec(InsertProst);

impl Codec for InsertCodec {
    type Encode = InsertRows;
    type Decode = pb::MutationResult;
    type Encoder = InsertEncoder;
    type Decoder = <InsertProst as Codec>::Decoder;

    fn encoder(&mut self) -> Self::Encoder {
        InsertEncoder(self.0.encoder())
    }

    fn decoder(&mut self) -> Self::Decoder {
        self.0.decoder()
    }
}

struct InsertEncoder(<InsertProst as Codec>::Encoder);

impl Encoder for InsertEncoder {
    type Item = InsertRows;
    type Error = Status;

    fn encode(&mut self, message: Self::Item, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.reserve(message.encoded_len());
        self.0.encode(message, into)
    }
}
