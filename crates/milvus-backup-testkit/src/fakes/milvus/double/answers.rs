//! Answers, each of which has a status.

use milvus::proto::common::Status;
use milvus::proto::milvus as pb;

/// A message with a status.
pub(super) trait WithStatus: Default {
    fn set_status(&mut self, status: Status);
}

impl WithStatus for Status {
    fn set_status(&mut self, status: Status) {
        *self = status;
    }
}

macro_rules! answers {
    ($($name:ident),+ $(,)?) => {
        $(impl WithStatus for pb::$name {
            fn set_status(&mut self, status: Status) {
                self.status = Some(status);
            }
        })+
    };
}

answers!(
    AllocTimestampResponse,
    ConnectResponse,
    DescribeAliasResponse,
    DescribeCollectionResponse,
    DescribeDatabaseResponse,
    DescribeIndexResponse,
    DescribeSnapshotResponse,
    FlushResponse,
    GetCollectionStatisticsResponse,
    GetFlushStateResponse,
    GetImportStateResponse,
    GetLoadStateResponse,
    GetLoadingProgressResponse,
    GetPartitionStatisticsResponse,
    GetPersistentSegmentInfoResponse,
    GetQuerySegmentInfoResponse,
    GetReplicasResponse,
    GetReplicateConfigurationResponse,
    GetVersionResponse,
    ImportResponse,
    ListAliasesResponse,
    ListDatabasesResponse,
    ListImportTasksResponse,
    ListSnapshotsResponse,
    MutationResult,
    PinSnapshotDataResponse,
    QueryResults,
    ShowCollectionsResponse,
    ShowPartitionsResponse,
);
