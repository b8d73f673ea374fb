//! The generated service: each call is put down, may be disturbed, and is answered in its own file.

use std::sync::Arc;

use milvus::proto::common::Status;
use milvus::proto::milvus as pb;
use milvus::proto::milvus::milvus_service_server::MilvusService;
use prost::Message;
use tonic::{Request, Response};

use super::answers::WithStatus;
use super::call::{Call, Parts};
use super::journal::SeenCall;
use super::refusal::{Answer, Refusal};
use super::{
    aliases, collections, databases, describing, imports, indexes, inserting, loading, partitions, querying,
    replication, snapshots, storage,
};

/// Calls whose requests are not kept, for their size.
const WITH_ROWS: &[&str] = &["Insert", "Upsert"];

/// The service of a double.
#[derive(Clone)]
pub(super) struct Service(pub(super) Arc<Parts>);

impl Service {
    fn respond<Q: Message, A: WithStatus>(
        &self,
        name: &'static str,
        request: Request<Q>,
        answer: fn(&Call<'_>, Q) -> Answer<A>,
    ) -> Result<Response<A>, tonic::Status> {
        let call = Call::new(&self.0, request.metadata());
        let question = request.into_inner();
        let message = if WITH_ROWS.contains(&name) { Vec::new() } else { question.encode_to_vec() };
        let default = self.0.database("");
        let fault = default.and_then(|milvus| self.0.faults.before(name, &milvus));
        let answered = match fault.map(super::faults::Fault::refusal) {
            Some((refusal, carried_out)) => {
                if carried_out {
                    drop(answer(&call, question));
                }
                Err(refusal)
            }
            None => answer(&call, question),
        };
        self.0.journal.add(SeenCall {
            name,
            message,
            idempotency_key: call.idempotency_key.clone(),
            refused: answered.is_err(),
            read: call.read.take(),
        });
        Ok(Response::new(with_status(answered)?))
    }
}

fn with_status<A: WithStatus>(answered: Answer<A>) -> Result<A, tonic::Status> {
    let (mut answer, status) = match answered {
        Ok(answer) => (answer, Status::default()),
        Err(Refusal::Milvus(status)) => (A::default(), status),
        Err(Refusal::Grpc(status)) => return Err(status),
    };
    answer.set_status(status);
    Ok(answer)
}

macro_rules! calls {
    ($($method:ident($question:ident) -> $answer:ty = $name:literal, $handler:path;)+) => {
        #[tonic::async_trait]
        impl MilvusService for Service {
            $(async fn $method(&self, request: Request<pb::$question>) -> Result<Response<$answer>, tonic::Status> {
                self.respond($name, request, $handler)
            })+
        }
    };
}

calls! {
    connect(ConnectRequest) -> pb::ConnectResponse = "Connect", databases::connect;
    get_version(GetVersionRequest) -> pb::GetVersionResponse = "GetVersion", databases::version;
    create_database(CreateDatabaseRequest) -> Status = "CreateDatabase", databases::create;
    list_databases(ListDatabasesRequest) -> pb::ListDatabasesResponse = "ListDatabases", databases::list;
    describe_database(DescribeDatabaseRequest) -> pb::DescribeDatabaseResponse = "DescribeDatabase", databases::describe;
    alter_database(AlterDatabaseRequest) -> Status = "AlterDatabase", databases::alter;
    create_collection(CreateCollectionRequest) -> Status = "CreateCollection", collections::create;
    drop_collection(DropCollectionRequest) -> Status = "DropCollection", collections::drop;
    rename_collection(RenameCollectionRequest) -> Status = "RenameCollection", collections::rename;
    alter_collection(AlterCollectionRequest) -> Status = "AlterCollection", collections::alter;
    show_collections(ShowCollectionsRequest) -> pb::ShowCollectionsResponse = "ShowCollections", collections::list;
    describe_collection(DescribeCollectionRequest) -> pb::DescribeCollectionResponse = "DescribeCollection",
        describing::describe;
    show_partitions(ShowPartitionsRequest) -> pb::ShowPartitionsResponse = "ShowPartitions", partitions::list;
    create_partition(CreatePartitionRequest) -> Status = "CreatePartition", partitions::create;
    create_alias(CreateAliasRequest) -> Status = "CreateAlias", aliases::create;
    alter_alias(AlterAliasRequest) -> Status = "AlterAlias", aliases::alter;
    drop_alias(DropAliasRequest) -> Status = "DropAlias", aliases::drop;
    list_aliases(ListAliasesRequest) -> pb::ListAliasesResponse = "ListAliases", aliases::list;
    describe_alias(DescribeAliasRequest) -> pb::DescribeAliasResponse = "DescribeAlias", aliases::describe;
    create_index(CreateIndexRequest) -> Status = "CreateIndex", indexes::create;
    describe_index(DescribeIndexRequest) -> pb::DescribeIndexResponse = "DescribeIndex", indexes::describe;
    drop_index(DropIndexRequest) -> Status = "DropIndex", indexes::drop;
    load_collection(LoadCollectionRequest) -> Status = "LoadCollection", loading::load;
    release_collection(ReleaseCollectionRequest) -> Status = "ReleaseCollection", loading::release;
    load_partitions(LoadPartitionsRequest) -> Status = "LoadPartitions", loading::load_some;
    release_partitions(ReleasePartitionsRequest) -> Status = "ReleasePartitions", loading::release_some;
    get_load_state(GetLoadStateRequest) -> pb::GetLoadStateResponse = "GetLoadState", loading::state;
    get_loading_progress(GetLoadingProgressRequest) -> pb::GetLoadingProgressResponse = "GetLoadingProgress",
        loading::progress;
    get_replicas(GetReplicasRequest) -> pb::GetReplicasResponse = "GetReplicas", loading::replicas;
    insert(InsertRequest) -> pb::MutationResult = "Insert", inserting::insert;
    upsert(UpsertRequest) -> pb::MutationResult = "Upsert", inserting::upsert;
    delete(DeleteRequest) -> pb::MutationResult = "Delete", inserting::delete;
    query(QueryRequest) -> pb::QueryResults = "Query", querying::query;
    flush(FlushRequest) -> pb::FlushResponse = "Flush", storage::flush;
    get_flush_state(GetFlushStateRequest) -> pb::GetFlushStateResponse = "GetFlushState", storage::flush_state;
    get_collection_statistics(GetCollectionStatisticsRequest) -> pb::GetCollectionStatisticsResponse =
        "GetCollectionStatistics", storage::statistics;
    get_partition_statistics(GetPartitionStatisticsRequest) -> pb::GetPartitionStatisticsResponse =
        "GetPartitionStatistics", storage::partition_statistics;
    get_persistent_segment_info(GetPersistentSegmentInfoRequest) -> pb::GetPersistentSegmentInfoResponse =
        "GetPersistentSegmentInfo", storage::stored_segments;
    get_query_segment_info(GetQuerySegmentInfoRequest) -> pb::GetQuerySegmentInfoResponse = "GetQuerySegmentInfo",
        storage::served_segments;
    alloc_timestamp(AllocTimestampRequest) -> pb::AllocTimestampResponse = "AllocTimestamp", storage::timestamp;
    import(ImportRequest) -> pb::ImportResponse = "Import", imports::import;
    list_import_tasks(ListImportTasksRequest) -> pb::ListImportTasksResponse = "ListImportTasks", imports::list;
    get_import_state(GetImportStateRequest) -> pb::GetImportStateResponse = "GetImportState", imports::state;
    create_snapshot(CreateSnapshotRequest) -> Status = "CreateSnapshot", snapshots::create;
    drop_snapshot(DropSnapshotRequest) -> Status = "DropSnapshot", snapshots::drop;
    list_snapshots(ListSnapshotsRequest) -> pb::ListSnapshotsResponse = "ListSnapshots", snapshots::list;
    describe_snapshot(DescribeSnapshotRequest) -> pb::DescribeSnapshotResponse = "DescribeSnapshot", snapshots::describe;
    pin_snapshot_data(PinSnapshotDataRequest) -> pb::PinSnapshotDataResponse = "PinSnapshotData", snapshots::pin;
    unpin_snapshot_data(UnpinSnapshotDataRequest) -> Status = "UnpinSnapshotData", snapshots::unpin;
    get_replicate_configuration(GetReplicateConfigurationRequest) -> pb::GetReplicateConfigurationResponse =
        "GetReplicateConfiguration", replication::configuration;
}
