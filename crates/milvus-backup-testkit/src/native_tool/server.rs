//! The calls of the stand-in to Milvus.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use milvus::proto::common::{KeyValuePair, Status};
use milvus::proto::milvus as pb;
use milvus::proto::milvus::milvus_service_client::MilvusServiceClient;
use milvus::proto::schema::CollectionSchema;
use prost::Message;
use tonic::metadata::MetadataValue;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};

type Metadata = Box<dyn FnMut(tonic::Request<()>) -> Result<tonic::Request<()>, tonic::Status> + Send>;

/// A connection to one database.
pub(super) struct Server {
    client: MilvusServiceClient<InterceptedService<Channel, Metadata>>,
    database: String,
}

/// Returns what a call answered, if its status is good.
macro_rules! answer {
    ($server:expr, $method:ident, $request:expr) => {{
        let answer = $server.client.$method($request).await.map_err(|status| described(&status))?.into_inner();
        checked(answer.status.as_ref())?;
        answer
    }};
}

impl Server {
    /// Connects, and tries for as long as the tool does.
    pub(super) async fn connect(uri: &str, token: Option<&str>, database: &str) -> Result<Self, String> {
        let endpoint = Endpoint::from_shared(uri.to_owned()).map_err(|error| error.to_string())?;
        let channel = endpoint.connect_timeout(Duration::from_secs(20)).connect().await.map_err(|error| {
            format!(
                "client: connect to server failed: rpc error: code = Unavailable desc = connection error: {error}: connect: connection refused"
            )
        })?;
        let authorization = token.map(|token| MetadataValue::try_from(BASE64_STANDARD.encode(token)));
        let authorization = authorization.transpose().map_err(|error| error.to_string())?;
        let metadata: Metadata = Box::new(move |mut request| {
            if let Some(value) = &authorization {
                request.metadata_mut().insert("authorization", value.clone());
            }
            Ok(request)
        });
        let client = MilvusServiceClient::with_interceptor(channel, metadata).max_decoding_message_size(64 << 20);
        Ok(Self { client, database: database.to_owned() })
    }

    pub(super) async fn version(&mut self) -> Result<String, String> {
        Ok(answer!(self, get_version, pb::GetVersionRequest {}).version)
    }

    pub(super) async fn describe(
        &mut self,
        collection: &str,
    ) -> Result<Option<pb::DescribeCollectionResponse>, String> {
        let request = pb::HasCollectionRequest {
            db_name: self.database.clone(),
            collection_name: collection.to_owned(),
            ..Default::default()
        };
        if !answer!(self, has_collection, request).value {
            return Ok(None);
        }
        let request = pb::DescribeCollectionRequest {
            db_name: self.database.clone(),
            collection_name: collection.to_owned(),
            ..Default::default()
        };
        Ok(Some(answer!(self, describe_collection, request)))
    }

    /// Flushes a collection, and waits until it is flushed. Returns the time at which it was sealed.
    pub(super) async fn flush(&mut self, collection: &str) -> Result<i64, String> {
        let request = pb::FlushRequest {
            db_name: self.database.clone(),
            collection_names: vec![collection.to_owned()],
            ..Default::default()
        };
        let flushed = answer!(self, flush, request);
        let segments = flushed.coll_seg_i_ds.get(collection).map(|ids| ids.data.clone()).unwrap_or_default();
        loop {
            let request = pb::GetFlushStateRequest {
                segment_i_ds: segments.clone(),
                flush_ts: flushed.coll_flush_ts.get(collection).copied().unwrap_or_default(),
                db_name: self.database.clone(),
                collection_name: collection.to_owned(),
            };
            if answer!(self, get_flush_state, request).flushed {
                return Ok(flushed.coll_seal_times.get(collection).copied().unwrap_or_default());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    pub(super) async fn partitions(&mut self, collection: &str) -> Result<Vec<(i64, String)>, String> {
        let request = pb::ShowPartitionsRequest {
            db_name: self.database.clone(),
            collection_name: collection.to_owned(),
            ..Default::default()
        };
        let answer = answer!(self, show_partitions, request);
        Ok(answer.partition_i_ds.into_iter().zip(answer.partition_names).collect())
    }

    pub(super) async fn segments(&mut self, collection: &str) -> Result<Vec<pb::PersistentSegmentInfo>, String> {
        let request = pb::GetPersistentSegmentInfoRequest {
            db_name: self.database.clone(),
            collection_name: collection.to_owned(),
            ..Default::default()
        };
        Ok(answer!(self, get_persistent_segment_info, request).infos)
    }

    pub(super) async fn indexes(&mut self, collection: &str) -> Result<Vec<pb::IndexDescription>, String> {
        let request = pb::DescribeIndexRequest {
            db_name: self.database.clone(),
            collection_name: collection.to_owned(),
            ..Default::default()
        };
        let answer = self.client.describe_index(request).await.map_err(|status| described(&status))?.into_inner();
        match checked(answer.status.as_ref()) {
            Err(error) if error.contains("index not found") => Ok(Vec::new()),
            Err(error) => Err(error),
            Ok(()) => Ok(answer.index_descriptions),
        }
    }

    /// Returns the load state in the words of the tool.
    pub(super) async fn load_state(&mut self, collection: &str) -> Result<&'static str, String> {
        let request = pb::GetLoadingProgressRequest {
            db_name: self.database.clone(),
            collection_name: collection.to_owned(),
            ..Default::default()
        };
        let answer = self.client.get_loading_progress(request).await.map_err(|status| described(&status))?.into_inner();
        let progress = if checked(answer.status.as_ref()).is_ok() { answer.progress } else { 0 };
        Ok(match progress {
            0 => "NotLoad",
            100 => "Loaded",
            _ => "Loading",
        })
    }

    pub(super) async fn create_database(&mut self) -> Result<(), String> {
        let listed = answer!(self, list_databases, pb::ListDatabasesRequest::default());
        if listed.db_names.contains(&self.database) {
            return Ok(());
        }
        let request = pb::CreateDatabaseRequest { db_name: self.database.clone(), ..Default::default() };
        checked(Some(&self.client.create_database(request).await.map_err(|status| described(&status))?.into_inner()))
    }

    pub(super) async fn create_collection(
        &mut self,
        schema: &CollectionSchema,
        shards_num: i32,
        consistency_level: i32,
        num_partitions: i64,
    ) -> Result<(), String> {
        let request = pb::CreateCollectionRequest {
            db_name: self.database.clone(),
            collection_name: schema.name.clone(),
            schema: schema.encode_to_vec(),
            shards_num,
            consistency_level,
            num_partitions,
            ..Default::default()
        };
        checked(Some(&self.client.create_collection(request).await.map_err(|status| described(&status))?.into_inner()))
    }

    pub(super) async fn create_partition(&mut self, collection: &str, partition: &str) -> Result<(), String> {
        let request = pb::CreatePartitionRequest {
            db_name: self.database.clone(),
            collection_name: collection.to_owned(),
            partition_name: partition.to_owned(),
            ..Default::default()
        };
        checked(Some(&self.client.create_partition(request).await.map_err(|status| described(&status))?.into_inner()))
    }

    /// Lets the server import the logs of a segment, and waits for the end.
    pub(super) async fn import(&mut self, collection: &str, partition: &str, files: Vec<String>) -> Result<(), String> {
        let option = |key: &str| KeyValuePair { key: key.to_owned(), value: "true".to_owned() };
        let request = pb::ImportRequest {
            db_name: self.database.clone(),
            collection_name: collection.to_owned(),
            partition_name: partition.to_owned(),
            files,
            options: vec![option("skip_disk_quota_check"), option("backup")],
            ..Default::default()
        };
        let task = answer!(self, import, request).tasks.first().copied().ok_or("client: no import task")?;
        loop {
            let state = answer!(self, get_import_state, pb::GetImportStateRequest { task });
            match state.state().as_str_name() {
                "ImportCompleted" => return Ok(()),
                "ImportFailed" | "ImportFailedAndCleaned" => {
                    let reason = state.infos.iter().find(|info| info.key == "failed_reason");
                    let reason = reason.map_or("", |info| info.value.as_str());
                    return Err(format!("restore_collection: bulk insert failed: {reason}"));
                }
                _ => tokio::time::sleep(Duration::from_millis(500)).await,
            }
        }
    }
}

/// Returns the text of a failed call as the tool prints it.
fn described(status: &tonic::Status) -> String {
    format!("rpc error: code = {:?} desc = {}", status.code(), status.message())
}

fn checked(status: Option<&Status>) -> Result<(), String> {
    match status {
        #[expect(deprecated, reason = "Milvus 2.3 fills it")]
        Some(status) if status.code != 0 || status.error_code != 0 => {
            Err(format!("client: operation failed: {}", status.reason))
        }
        _ => Ok(()),
    }
}
