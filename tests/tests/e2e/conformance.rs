//! The real servers, through `milvus-backup-client`, keep the contracts of the traits as their models say: the in-memory
//! Milvus, which behaves by the same models, runs the same suites in the tests of the testkit.

use std::sync::Arc;
use std::time::Duration;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use milvus::proto::milvus as pb;
use milvus::proto::milvus::milvus_service_client::MilvusServiceClient;
use milvus_backup_client::{ConnectionOptions, MilvusConnection};
use milvus_backup_columns::encode_columns;
use milvus_backup_core::{CollectionName, RetryPolicy};
use milvus_backup_testkit::conformance::{OtherClient, Subject, catalog, row_sink, row_source};
use milvus_backup_testkit::fakes::{ServerModel, samples};
use milvus_backup_testkit::{Server, ServerKind, shared};
use milvus_backup_tests::scripts::ask;
use serde_json::json;
use tonic::transport::Channel;

/// Runs each suite as a test of each server.
macro_rules! suites {
    ($($server:ident = $kind:ident),+ $(,)?) => {
        $(mod $server {
            use super::*;

            #[test]
            fn catalog() {
                run(ServerKind::$kind, async |subject| catalog::run(&subject).await);
            }

            #[test]
            fn row_source() {
                run(ServerKind::$kind, async |subject| row_source::run(&subject).await);
            }

            #[test]
            fn row_sink() {
                run(ServerKind::$kind, async |subject| row_sink::run(&subject).await);
            }
        })+
    };
}

suites!(milvus_235 = Milvus235, lite_322 = Lite322, lite_251 = Lite251);

fn model(kind: ServerKind) -> ServerModel {
    match kind {
        ServerKind::Milvus235 => ServerModel::milvus_2_3(),
        ServerKind::Lite322 => ServerModel::lite_3(),
        ServerKind::Lite251 => ServerModel::lite_2(),
    }
}

/// Runs a suite against a server of this kind. Milvus Lite starts in a second, and does not keep apart calls that change the
/// catalog at the same time: there each suite has a server of its own.
fn run(kind: ServerKind, suite: impl AsyncFnOnce(Subject)) {
    let own = (kind != ServerKind::Milvus235).then(|| Server::start(kind).unwrap());
    let uri = own.as_ref().unwrap_or_else(|| shared(kind).unwrap()).uri();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut options = ConnectionOptions::new(&uri);
        options.retry = RetryPolicy { max_retries: 3, delay: Duration::from_millis(50) };
        let milvus = Arc::new(MilvusConnection::connect(options).await.unwrap());
        let channel = Channel::from_shared(uri).unwrap().connect().await.unwrap();
        let other =
            Arc::new(RawClient { client: MilvusServiceClient::new(channel), files: tempfile::tempdir().unwrap() });
        suite(Subject { milvus, expected: model(kind), other }).await;
    });
}

/// Writes by the protocol, around the client that is checked.
struct RawClient {
    client: MilvusServiceClient<Channel>,
    files: tempfile::TempDir,
}

fn assert_accepted(result: Result<tonic::Response<pb::MutationResult>, tonic::Status>) {
    let status = result.unwrap().into_inner().status.unwrap();
    assert_eq!((status.code, status.reason.as_str()), (0, ""));
}

#[async_trait]
impl OtherClient for RawClient {
    async fn delete(&self, collection: &CollectionName, partition: Option<&str>, keys: Vec<i64>) {
        let request = pb::DeleteRequest {
            collection_name: collection.to_string(),
            partition_name: partition.unwrap_or_default().to_owned(),
            expr: format!("id in {keys:?}"),
            ..Default::default()
        };
        assert_accepted(self.client.clone().delete(request).await);
    }

    async fn upsert(&self, collection: &CollectionName, partition: Option<&str>, keys: Vec<i64>, tag: &str) {
        let schema = samples::schema();
        let rows = samples::rows(&schema, keys, tag);
        let request = pb::UpsertRequest {
            collection_name: collection.to_string(),
            partition_name: partition.unwrap_or_default().to_owned(),
            fields_data: encode_columns(&schema, &rows)
                .unwrap()
                .into_iter()
                .map(|column| column.try_into().unwrap())
                .collect(),
            num_rows: u32::try_from(rows.num_rows()).unwrap(),
            ..Default::default()
        };
        assert_accepted(self.client.clone().upsert(request).await);
    }

    async fn put_file(&self, name: &str, rows: RecordBatch) -> String {
        let script = "
import pyarrow as pa, pyarrow.parquet as pq
vectors = pa.array([[0.0, 1.0, 2.0, 3.0]] * len(given['ids']), pa.list_(pa.field('element', pa.float32(), False)))
table = pa.table({'id': pa.array(given['ids'], pa.int64()), 'text': given['texts'], 'vector': vectors})
pq.write_table(table, given['path'], store_schema=False)
print('null')
";
        let path = self.files.path().join(format!("{name}.parquet")).display().to_string();
        let given = json!({ "ids": samples::keys_of(&rows), "texts": samples::texts(&rows), "path": path });
        tokio::task::spawn_blocking(move || ask::<()>(script, &given)).await.unwrap();
        path
    }

    async fn pause(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}
