//! The generated service of the protocol, one blocking call after the other.

use milvus::proto::common::{KeyValuePair, Status};
use milvus::proto::milvus as pb;
use milvus::proto::milvus::milvus_service_client::MilvusServiceClient;
use tokio::runtime::Runtime;
use tonic::transport::Channel;
use tonic::{Code, Response};

/// A connection of the test's own.
pub(super) struct Raw {
    runtime: Runtime,
    client: MilvusServiceClient<Channel>,
}

macro_rules! calls {
    ($($method:ident($request:ident) -> $answer:ty;)+) => {
        $(pub(super) fn $method(&self, request: pb::$request) -> $answer {
            let answer = self.try_call(|mut client| async move { client.$method(request).await });
            let answer = answer.unwrap_or_else(|status| panic!("{}: {status}", stringify!($method)));
            let status: Option<&Status> = AsStatus::status(&answer);
            assert!(status.is_none_or(|status| status.code == 0), "{}: {status:?}", stringify!($method));
            answer
        })+
    };
}

impl Raw {
    pub(super) fn connect(uri: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let channel = runtime.block_on(Channel::from_shared(uri.to_owned()).unwrap().connect()).unwrap();
        let client = MilvusServiceClient::new(channel).max_decoding_message_size(64 << 20);
        Self { runtime, client }
    }

    fn try_call<A, F>(&self, call: impl FnOnce(MilvusServiceClient<Channel>) -> F) -> Result<A, Box<tonic::Status>>
    where
        F: Future<Output = Result<Response<A>, tonic::Status>>,
    {
        self.runtime.block_on(call(self.client.clone())).map(Response::into_inner).map_err(Box::new)
    }

    calls! {
        create_collection(CreateCollectionRequest) -> Status;
        create_partition(CreatePartitionRequest) -> Status;
        create_index(CreateIndexRequest) -> Status;
        describe_collection(DescribeCollectionRequest) -> pb::DescribeCollectionResponse;
        describe_index(DescribeIndexRequest) -> pb::DescribeIndexResponse;
        flush(FlushRequest) -> pb::FlushResponse;
        get_import_state(GetImportStateRequest) -> pb::GetImportStateResponse;
        get_load_state(GetLoadStateRequest) -> pb::GetLoadStateResponse;
        import(ImportRequest) -> pb::ImportResponse;
        insert(InsertRequest) -> pb::MutationResult;
        load_collection(LoadCollectionRequest) -> Status;
        query(QueryRequest) -> pb::QueryResults;
    }

    /// Drops a collection, whether or not there is one.
    pub(super) fn drop_collection(&self, collection: &str) {
        let request = pb::DropCollectionRequest { collection_name: collection.to_owned(), ..Default::default() };
        let _ = self.try_call(|mut client| async move { client.drop_collection(request).await });
    }

    /// Names of the partitions; one, where the server has no call for them.
    pub(super) fn partitions(&self, collection: &str) -> Vec<String> {
        let request = pb::ShowPartitionsRequest { collection_name: collection.to_owned(), ..Default::default() };
        match self.try_call(|mut client| async move { client.show_partitions(request).await }) {
            Ok(answer) => answer.partition_names,
            Err(status) if status.code() == Code::Unimplemented => vec!["_default".to_owned()],
            Err(status) => panic!("show_partitions: {status}"),
        }
    }
}

/// The status of an answer.
trait AsStatus {
    fn status(&self) -> Option<&Status>;
}

impl AsStatus for Status {
    fn status(&self) -> Option<&Status> {
        Some(self)
    }
}

macro_rules! answers {
    ($($answer:ident),+ $(,)?) => {
        $(impl AsStatus for pb::$answer {
            fn status(&self) -> Option<&Status> {
                self.status.as_ref()
            }
        })+
    };
}

answers!(
    DescribeCollectionResponse,
    DescribeIndexResponse,
    FlushResponse,
    GetImportStateResponse,
    GetLoadStateResponse,
    ImportResponse,
    MutationResult,
    QueryResults,
);

/// Pairs as the protocol has them.
pub(super) fn pairs(pairs: &[(&str, &str)]) -> Vec<KeyValuePair> {
    pairs.iter().map(|(key, value)| KeyValuePair { key: (*key).to_owned(), value: (*value).to_owned() }).collect()
}
