//! The messages that contain rows, as far as they are read or filled, and the description of a collection.
//!
//! Those with rows match those in `milvus.proto` of Milvus, except that float vectors remain in their wire format: see
//! [`WireColumn`].

use arrow_array::RecordBatch;
use milvus::proto::schema::FieldData;
use milvus::proto::{common, milvus as pb};
use milvus_backup_columns::{WireColumn, encode_columns};
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{CollectionName, Error, Result};
use prost::Message;

/// The message `QueryResults`, as far as it is read.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct QueryRows {
    #[prost(message, optional, tag = "1")]
    pub(crate) status: Option<common::Status>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) fields_data: Vec<WireColumn>,
    #[prost(uint64, tag = "5")]
    pub(crate) session_ts: u64,
}

impl QueryRows {
    /// Returns the columns, in the order of the server.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::Protocol`] for float vectors that end with an incomplete float.
    pub(crate) fn into_columns(self) -> Result<Vec<FieldData>> {
        self.fields_data.into_iter().map(FieldData::try_from).collect()
    }
}

/// The response of `DescribeCollection`.
#[derive(Debug, Clone)]
pub(crate) struct Description {
    pub(crate) answer: pb::DescribeCollectionResponse,
    /// One sentence for each field that the definitions of this version do not have.
    pub(crate) unknown: Vec<String>,
}

/// The message `InsertRequest`, as far as it is filled.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct InsertRows {
    #[prost(string, tag = "2")]
    pub(crate) db_name: String,
    #[prost(string, tag = "3")]
    pub(crate) collection_name: String,
    #[prost(string, tag = "4")]
    pub(crate) partition_name: String,
    #[prost(message, repeated, tag = "5")]
    pub(crate) fields_data: Vec<WireColumn>,
    #[prost(uint32, tag = "7")]
    pub(crate) num_rows: u32,
}

impl InsertRows {
    /// Returns an insert of `batch` whose float vectors are not copied.
    pub(crate) fn new(
        db_name: String,
        collection: &CollectionName,
        partition: Option<&str>,
        schema: &CollectionSchema,
        batch: &RecordBatch,
    ) -> Result<Self> {
        Ok(Self {
            db_name,
            collection_name: collection.to_string(),
            partition_name: partition.unwrap_or_default().to_owned(),
            fields_data: encode_columns(schema, batch)?,
            num_rows: u32::try_from(batch.num_rows()).map_err(|source| Error::Encoding {
                action: format!("insert {} rows at once", batch.num_rows()),
                source: Box::new(source),
            })?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use milvus_backup_columns::decode_columns;
    use milvus_backup_testkit::columns::{Profile, Style, send, table};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Compares the encoded bytes, because a NaN does not equal itself.
        #[test]
        fn messages_are_those_of_milvus(table in table(Profile::everything()), styles in any::<[Style; 4]>()) {
            let columns: Vec<FieldData> =
                table.columns.iter().zip(styles.iter().cycle()).map(|(column, style)| send(column, *style)).collect();
            let theirs = pb::InsertRequest {
                db_name: "d".to_owned(),
                collection_name: "c".to_owned(),
                partition_name: "p".to_owned(),
                fields_data: columns.clone(),
                num_rows: 7,
                ..Default::default()
            };
            let ours = InsertRows {
                db_name: "d".to_owned(),
                collection_name: "c".to_owned(),
                partition_name: "p".to_owned(),
                fields_data: columns.iter().cloned().map(WireColumn::from).collect(),
                num_rows: 7,
            };
            prop_assert_eq!(ours.encode_to_vec(), theirs.encode_to_vec());

            let answer = pb::QueryResults {
                status: Some(common::Status { code: 3, ..Default::default() }),
                fields_data: columns,
                collection_name: "c".to_owned(),
                output_fields: vec!["f".to_owned()],
                session_ts: 9,
                ..Default::default()
            };
            let read = QueryRows::decode(answer.encode_to_vec().as_slice()).unwrap();
            prop_assert_eq!(read.session_ts, 9);
            prop_assert_eq!(&read.status, &answer.status);
            let read = pb::QueryResults { fields_data: read.into_columns().unwrap(), ..answer.clone() };
            prop_assert_eq!(read.encode_to_vec(), answer.encode_to_vec());

            let (schema, collection) = (table.schema(), "c".parse().unwrap());
            let batch = decode_columns(&schema, table.rows, answer.fields_data).unwrap();
            let insert = InsertRows::new("d".to_owned(), &collection, Some("p"), &schema, &batch).unwrap();
            let sent = pb::InsertRequest::decode(insert.encode_to_vec().as_slice()).unwrap();
            let bytes_by_name = |columns: Vec<FieldData>| -> BTreeMap<String, Vec<u8>> {
                columns.into_iter().map(|column| (column.field_name.clone(), column.encode_to_vec())).collect()
            };
            let columns = encode_columns(&schema, &batch).unwrap();
            let columns = columns.into_iter().map(|column| FieldData::try_from(column).unwrap()).collect();
            prop_assert_eq!(bytes_by_name(sent.fields_data), bytes_by_name(columns));
            prop_assert_eq!(sent.num_rows as usize, table.rows);
        }
    }
}
