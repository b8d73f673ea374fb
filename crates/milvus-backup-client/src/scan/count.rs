//! The number of rows, as counted by the server.

use milvus::proto::milvus as pb;
use milvus::proto::schema::{field_data, scalar_field};
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{CollectionName, Error, ReadPoint, Result, RowSink};

use super::cursor::every_key;
use super::page_params::guarantee;
use crate::connection::MilvusConnection;
use crate::refusal::{CallResult, RefusalKind};
use crate::transport::MAX_MESSAGE_BYTES;

impl MilvusConnection {
    /// Returns the number of rows of a partition, or of the complete collection, that are visible now, including all
    /// that were written before the read point.
    pub(super) async fn count(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        read_point: ReadPoint,
    ) -> Result<u64> {
        if partition.is_none() || !self.server().await?.is_lite() {
            return Ok(self.count_where(collection, String::new(), partition, read_point).await?);
        }
        // Without an expression, Milvus Lite counts the complete collection.
        let all = every_key(schema.primary_key()?);
        match self.count_where(collection, all, partition, read_point).await {
            Err(failure) if failure.is(RefusalKind::Unparsable) => self.stored_rows(collection, partition).await,
            counted => Ok(counted?),
        }
    }

    /// Returns the number of rows for which an expression holds; an empty one holds for all.
    pub(super) async fn count_where(
        &self,
        collection: &CollectionName,
        expr: String,
        partition: Option<&str>,
        read_point: ReadPoint,
    ) -> CallResult<u64> {
        let (consistency_level, guarantee_timestamp) = guarantee(read_point);
        let request = pb::QueryRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            expr,
            output_fields: vec!["count(*)".to_owned()],
            partition_names: partition.map(str::to_owned).into_iter().collect(),
            guarantee_timestamp,
            consistency_level,
            ..Default::default()
        };
        let answer = self.query(collection, request, MAX_MESSAGE_BYTES).await?;
        let count = answer.into_columns()?.into_iter().find_map(|column| match column.field {
            Some(field_data::Field::Scalars(scalars)) => match scalars.data {
                Some(scalar_field::Data::LongData(values)) => values.data.first().copied(),
                _ => None,
            },
            _ => None,
        });
        let count = count.and_then(|count| u64::try_from(count).ok());
        Ok(count.ok_or_else(|| Error::Protocol { message: "count(*) gave no number".to_owned() })?)
    }
}
