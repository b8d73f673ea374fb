//! The pages of a scan, one after the other.

use std::sync::Arc;

use arrow_array::{Array, RecordBatch};
use milvus::proto::common::KeyValuePair;
use milvus::proto::milvus as pb;
use milvus_backup_columns::{WireColumn, decode_columns};
use milvus_backup_core::schema::{CollectionSchema, DYNAMIC_FIELD, FieldSchema, PrimaryKey, stored_fields};
use milvus_backup_core::{CollectionName, Error, KeyRange, ReadPoint, Result};

use super::anchor::{Anchor, rows_after};
use super::cursor::{after, last_key, up_to};
use super::json_texts::quote_texts;
use super::page_params::{full_page_params, guarantee, iterator_params};
use super::page_size::PageSize;
use super::position::key_not_nameable;
use crate::connection::MilvusConnection;
use crate::refusal::RefusalKind;
use crate::transport::MAX_MESSAGE_BYTES;
use crate::versions::Server;

/// Maximum size of a page relative to the requested one, as a factor.
const MAX_OVERSIZE: usize = 2;

/// Rows to read page by page.
#[derive(Debug, Clone)]
pub(super) struct PageScan {
    pub(super) collection: CollectionName,
    pub(super) schema: Arc<CollectionSchema>,
    /// The partition, or `None` for the complete collection.
    pub(super) partition: Option<String>,
    /// The range of the primary keys of the rows.
    pub(super) range: KeyRange<PrimaryKey>,
    pub(super) read_point: ReadPoint,
    /// Target size of one page, in bytes of column values.
    pub(super) batch_bytes: usize,
}

/// Reads the pages of one scan.
#[derive(Debug)]
pub(super) struct Pager {
    connection: MilvusConnection,
    request: PageScan,
    primary_key: FieldSchema,
    output_fields: Vec<String>,
    size: PageSize,
    last: Option<PrimaryKey>,
    anchor: Anchor,
    up_to: Option<PrimaryKey>,
}

impl Pager {
    pub(super) fn new(connection: MilvusConnection, request: PageScan) -> Result<Self> {
        let schema = &request.schema;
        let mut output_fields: Vec<String> = stored_fields(schema).map(|field| field.name.clone()).collect();
        output_fields.extend(schema.struct_fields.iter().map(|field| field.name.clone()));
        if schema.enable_dynamic_field {
            output_fields.push(DYNAMIC_FIELD.to_owned());
        }
        Ok(Self {
            primary_key: schema.primary_key()?.clone(),
            output_fields,
            size: PageSize::new(request.batch_bytes, schema.largest_row_bytes(), connection.window().rows()),
            last: request.range.after.clone(),
            anchor: Anchor::new(request.range.after.as_ref(), connection.known_server()),
            up_to: request.range.up_to.clone(),
            connection,
            request,
        })
    }

    /// Returns the next page, or `None` after the last one.
    pub(super) async fn next_page(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            let Some(page) = self.receive().await? else { return Ok(None) };
            let received = page.num_rows();
            let page = match &self.last {
                Some(last) if self.anchor.overlaps() => rows_after(&page, &self.primary_key.name, last)?,
                _ => page,
            };
            if page.num_rows() == 0 {
                self.anchor.pass(received);
                continue;
            }
            let last = last_key(&page, &self.primary_key, self.last.as_ref())?;
            self.anchor.advance(received, &last);
            self.last = Some(last);
            self.size.observe(received, batch_bytes(&page));
            return Ok(Some(page));
        }
    }

    /// Returns the page that the server sends, or `None` if it has no rows.
    async fn receive(&mut self) -> Result<Option<RecordBatch>> {
        let columns = self.fetch().await?;
        let rows = match columns.iter().find(|column| column.name() == self.primary_key.name) {
            // Without a number of rows, the page would be taken for the last one.
            Some(keys) => keys.key_count().ok_or_else(|| Error::Protocol {
                message: format!("the primary keys `{}` were sent as values of another type", keys.name()),
            })?,
            None if columns.is_empty() => 0,
            None => return Err(Error::Protocol { message: "a page without primary keys".to_owned() }),
        };
        if rows == 0 {
            return Ok(None);
        }
        let page = decode_columns(&self.request.schema, rows, columns)?;
        let quoted = self.connection.known_server() == Some(Server::Lite3);
        Ok(Some(if quoted { quote_texts(page, &self.request.schema)? } else { page }))
    }

    async fn fetch(&mut self) -> Result<Vec<WireColumn>> {
        // Rows may suddenly be wider than those before. A single row is accepted at any size.
        let mut limit = self.request.batch_bytes.saturating_mul(MAX_OVERSIZE);
        loop {
            let request = self.query()?;
            match self.connection.query(&self.request.collection, request, limit).await {
                Ok(answer) => return Ok(answer.fields_data),
                Err(failure) if failure.is(RefusalKind::OverLimit) && limit < MAX_MESSAGE_BYTES => {
                    if !self.size.shrink() {
                        limit = MAX_MESSAGE_BYTES;
                    }
                }
                Err(failure) if self.connection.window().learns(&failure, self.size.rows()) => {
                    self.size.keep_within(self.connection.window().rows());
                }
                Err(failure)
                    if failure.is(RefusalKind::Unparsable) && !self.anchor.counts_rows() && self.up_to.is_none() =>
                {
                    self.anchor.count_rows();
                }
                Err(failure) if failure.is_too_large() && self.size.halve() => {}
                // Milvus Lite 2 cannot read sparse vectors if there are no rows.
                Err(failure) if failure.is(RefusalKind::WithoutRawData) && self.is_empty().await? => {
                    return Ok(Vec::new());
                }
                Err(failure) => return Err(failure.into()),
            }
        }
    }

    async fn is_empty(&self) -> Result<bool> {
        let PageScan { collection, schema, partition, read_point, .. } = &self.request;
        Ok(self.connection.count(collection, schema, partition.as_deref(), *read_point).await? == 0)
    }

    /// Returns the expression for the remaining rows; empty for all rows.
    fn expression(&self) -> String {
        let name = &self.primary_key.name;
        let bounds = [self.anchor.key().map(|key| after(key, name)), self.up_to.as_ref().map(|key| up_to(key, name))];
        bounds.into_iter().flatten().collect::<Vec<_>>().join(" && ")
    }

    fn query(&self) -> Result<pb::QueryRequest> {
        let (consistency_level, guarantee_timestamp) = guarantee(self.request.read_point);
        let (offset, window) = (self.anchor.skip(), self.connection.position_limit());
        let limit = self.size.rows().min(window.saturating_sub(offset));
        if limit == 0 {
            return Err(key_not_nameable(&self.request.collection, &self.primary_key.name, window));
        }
        let mut query_params =
            if self.anchor.counts_rows() { full_page_params(limit, offset) } else { iterator_params(limit, offset) };
        query_params.push(KeyValuePair { key: "timezone".to_owned(), value: "UTC".to_owned() });
        Ok(pb::QueryRequest {
            db_name: self.connection.request_database(),
            collection_name: self.request.collection.to_string(),
            expr: self.expression(),
            output_fields: self.output_fields.clone(),
            partition_names: self.request.partition.iter().cloned().collect(),
            guarantee_timestamp,
            consistency_level,
            query_params,
            ..Default::default()
        })
    }
}

/// Returns the size of the values of a batch in bytes.
fn batch_bytes(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(Array::get_array_memory_size).sum()
}
