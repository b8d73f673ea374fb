//! The calls that take and give these messages.

use milvus::proto::milvus as pb;
use prost::Message;
use tonic::codec::{Codec, EncodeBuf, Encoder, ProstCodec};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Request, Response, Status};

use super::{InsertRows, QueryAnswer};
use crate::connection::Service;

/// The call `Query`.
pub(crate) async fn query(
    service: Service,
    request: Request<pb::QueryRequest>,
) -> Result<Response<QueryAnswer>, Status> {
    unary(service, request, "/milvus.proto.milvus.MilvusService/Query").await
}

/// The call `Insert`.
pub(crate) async fn insert(
    service: Service,
    request: Request<InsertRows>,
) -> Result<Response<pb::MutationResult>, Status> {
    unary(service, request, "/milvus.proto.milvus.MilvusService/Insert").await
}

async fn unary<Q, A>(mut service: Service, request: Request<Q>, path: &'static str) -> Result<Response<A>, Status>
where
    Q: Message + Send + Sync + 'static,
    A: Message + Default + Send + Sync + 'static,
{
    service.ready().await.map_err(|error| Status::from_error(error.into()))?;
    service.unary(request, PathAndQuery::from_static(path), RowsCodec(ProstCodec::default())).await
}

/// The codec of Protocol Buffers, which makes room for the whole of a message before it encodes it: a buffer that grows
/// while megabytes are written into it copies them over and over.
struct RowsCodec<Q, A>(ProstCodec<Q, A>);

impl<Q, A> Codec for RowsCodec<Q, A>
where
    Q: Message + Send + 'static,
    A: Message + Default + Send + 'static,
{
    type Encode = Q;
    type Decode = A;
    type Encoder = RowsEncoder<<ProstCodec<Q, A> as Codec>::Encoder>;
    type Decoder = <ProstCodec<Q, A> as Codec>::Decoder;

    fn encoder(&mut self) -> Self::Encoder {
        RowsEncoder(self.0.encoder())
    }

    fn decoder(&mut self) -> Self::Decoder {
        self.0.decoder()
    }
}

struct RowsEncoder<E>(E);

impl<E: Encoder<Error = Status>> Encoder for RowsEncoder<E>
where
    E::Item: Message,
{
    type Item = E::Item;
    type Error = Status;

    fn encode(&mut self, message: Self::Item, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.reserve(message.encoded_len());
        self.0.encode(message, into)
    }
}
