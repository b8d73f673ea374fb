//! The calls that send and receive these messages.

use bytes::{BufMut, Bytes};
use http_body_util::Full;
use milvus::proto::milvus as pb;
use milvus_backup_columns::{require_known_rows, unknown_parts_of_description};
use prost::Message;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::header::{CONTENT_TYPE, TE};
use tonic::codegen::http::{self, HeaderValue, StatusCode};
use tonic::{Code, Request, Response, Status};

use super::buffer_pool::BufferPool;
use super::messages::{Description, InsertRows, QueryRows};
use super::receive::{PREFIX, receive, require_success};
use crate::transport::{MAX_MESSAGE_BYTES, Transport};

/// Makes the call `Query`. A response of more than `limit` bytes is an error (`OUT_OF_RANGE`).
pub(crate) async fn query(
    transport: Transport,
    request: Request<pb::QueryRequest>,
    limit: usize,
    buffers: BufferPool,
) -> Result<Response<QueryRows>, Status> {
    let message = call(transport, "/milvus.proto.milvus.MilvusService/Query", request, limit, &buffers).await?;
    require_known_rows(&message).map_err(|error| Status::data_loss(error.to_string()))?;
    decode(message)
}

/// Makes the call `Insert`, and returns its response.
pub(crate) async fn insert(
    transport: Transport,
    request: Request<InsertRows>,
    buffers: BufferPool,
) -> Result<Response<pb::MutationResult>, Status> {
    let path = "/milvus.proto.milvus.MilvusService/Insert";
    decode(call(transport, path, request, MAX_MESSAGE_BYTES, &buffers).await?)
}

/// Makes the call `DescribeCollection`, and returns its response with the fields that no definition has.
pub(crate) async fn describe_collection(
    transport: Transport,
    request: Request<pb::DescribeCollectionRequest>,
    buffers: BufferPool,
) -> Result<Response<Description>, Status> {
    let path = "/milvus.proto.milvus.MilvusService/DescribeCollection";
    let message = call(transport, path, request, MAX_MESSAGE_BYTES, &buffers).await?;
    let unknown = unknown_parts_of_description(&message).map_err(|error| Status::data_loss(error.to_string()))?;
    Ok(Response::new(Description { answer: decode(message)?.into_inner(), unknown }))
}

fn decode<A: Message + Default>(message: Bytes) -> Result<Response<A>, Status> {
    A::decode(message).map(Response::new).map_err(|error| Status::internal(error.to_string()))
}

/// Makes a call with one message, and returns its response, undecoded. Both use `buffers` if they are large.
async fn call<Q: Message>(
    mut transport: Transport,
    path: &'static str,
    request: Request<Q>,
    limit: usize,
    buffers: &BufferPool,
) -> Result<Bytes, Status> {
    let request = http_request(path, request, buffers)?;
    std::future::poll_fn(|context| transport.poll_ready(context))
        .await
        .map_err(|error| Status::from_error(error.into()))?;
    let answer = transport.call(request).await.map_err(|error| Status::from_error(error.into()))?;
    let (head, body) = answer.into_parts();
    require_success(Some(&head.headers))?;
    require_ok(head.status)?;
    receive(body, limit, buffers).await
}

/// Returns a call as an HTTP/2 request, see "gRPC over HTTP2".
fn http_request<Q: Message>(
    path: &'static str,
    request: Request<Q>,
    buffers: &BufferPool,
) -> Result<http::Request<Body>, Status> {
    let (metadata, extensions, message) = request.into_parts();
    let length = message.encoded_len();
    let prefix = u32::try_from(length).ok().filter(|_| length <= MAX_MESSAGE_BYTES);
    let too_large = || Status::out_of_range(format!("message length too large: {length} bytes"));
    let prefix = prefix.ok_or_else(too_large)?;
    let mut bytes = buffers.get(PREFIX + length);
    bytes.put_u8(0);
    bytes.put_u32(prefix);
    message.encode(&mut bytes).map_err(|error| Status::internal(error.to_string()))?;
    let mut request = http::Request::new(Body::new(Full::new(buffers.share(bytes))));
    *request.method_mut() = http::Method::POST;
    *request.version_mut() = http::Version::HTTP_2;
    *request.uri_mut() = http::Uri::from_static(path);
    *request.headers_mut() = metadata.into_headers();
    *request.extensions_mut() = extensions;
    request.headers_mut().insert(TE, HeaderValue::from_static("trailers"));
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    Ok(request)
}

/// Fails for a response that is not from Milvus, but from a proxy in front of it ("HTTP to gRPC Status Code Mapping").
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
