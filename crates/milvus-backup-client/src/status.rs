//! The status inside a response.
//!
//! Milvus reports failed calls as gRPC success with a status message in the response. Versions before 2.3 set
//! `error_code`, later ones `code`; 2.3 and later set both.

use milvus::proto::common::Status;
use milvus::proto::milvus as pb;

use crate::refusal::Refusal;
use crate::wire::{Description, QueryRows};

/// A response that contains a status.
pub(crate) trait IntoStatus: Sized {
    fn status(&self) -> Option<&Status>;
}

impl IntoStatus for Status {
    fn status(&self) -> Option<&Status> {
        Some(self)
    }
}

impl IntoStatus for QueryRows {
    fn status(&self) -> Option<&Status> {
        self.status.as_ref()
    }
}

impl IntoStatus for Description {
    fn status(&self) -> Option<&Status> {
        self.answer.status.as_ref()
    }
}

macro_rules! answers {
    ($($name:ident),+ $(,)?) => {
        $(impl IntoStatus for pb::$name {
            fn status(&self) -> Option<&Status> {
                self.status.as_ref()
            }
        })+
    };
}

answers!(
    AllocTimestampResponse,
    BoolResponse,
    ConnectResponse,
    DescribeCollectionResponse,
    DescribeDatabaseResponse,
    DescribeIndexResponse,
    FlushResponse,
    GetCollectionStatisticsResponse,
    GetImportStateResponse,
    GetFlushStateResponse,
    GetLoadStateResponse,
    GetLoadingProgressResponse,
    GetReplicasResponse,
    GetReplicateConfigurationResponse,
    GetPartitionStatisticsResponse,
    GetPersistentSegmentInfoResponse,
    GetQuerySegmentInfoResponse,
    GetVersionResponse,
    ImportResponse,
    ListAliasesResponse,
    ListDatabasesResponse,
    ListImportTasksResponse,
    ListSnapshotsResponse,
    MutationResult,
    QueryResults,
    ShowCollectionsResponse,
    ShowPartitionsResponse,
);

/// Returns the response, or the refusal that its status reports.
pub(crate) fn checked<A: IntoStatus>(answer: A) -> Result<A, Refusal> {
    let Some(status) = answer.status() else { return Ok(answer) };
    #[expect(deprecated, reason = "servers before 2.3 fill nothing else")]
    let legacy = status.error_code;
    let reason = status.reason.clone();
    match (status.code, legacy) {
        (0, 0) => Ok(answer),
        (0, code) => Err(Refusal::Legacy { code, reason }),
        (code, _) => Err(Refusal::Milvus { code, reason, retriable: status.retriable }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(deprecated, reason = "servers before 2.3 fill nothing else")]
    fn the_code_says_which_space_it_is_from() {
        let status = |code, error_code| Status { code, error_code, retriable: true, ..Status::default() };
        assert!(checked(status(0, 0)).is_ok());
        assert!(matches!(checked(status(0, 8)), Err(Refusal::Legacy { code: 8, .. })));
        assert!(matches!(checked(status(8, 8)), Err(Refusal::Milvus { code: 8, retriable: true, .. })));
        assert!(matches!(checked(status(8, 0)), Err(Refusal::Milvus { code: 8, .. })));
    }
}
