//! Primary keys, read page by page without their rows.

use milvus::proto::common::KeyValuePair;
use milvus::proto::milvus as pb;
use milvus::proto::schema::{FieldData, field_data, scalar_field};
use milvus_backup_core::schema::{DataType, FieldSchema, PrimaryKey};
use milvus_backup_core::{CollectionName, Error, Result};

use super::anchor::Anchor;
use super::cursor::after;
use super::page_params::iterator_params;
use crate::call::call;
use crate::connection::MilvusConnection;
use crate::refusal::CallResult;
use crate::transport::MAX_MESSAGE_BYTES;

/// Target size of the texts in one response, in bytes.
const PAGE_BYTES: usize = 4 << 20;

/// Number of keys of the first response, since the length of texts is not known before.
const FIRST_KEYS: usize = 256;

/// The keys of a partition, or of a collection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keys<'a> {
    pub(super) connection: &'a MilvusConnection,
    pub(super) collection: &'a CollectionName,
    pub(super) key: &'a FieldSchema,
    pub(super) partition: Option<&'a str>,
    /// The consistency level and the guarantee timestamp.
    pub(super) guarantee: (i32, u64),
}

/// The position of a read of all keys.
#[derive(Debug)]
pub(super) struct KeyCursor {
    pub(super) last: Option<PrimaryKey>,
    anchor: Anchor,
    limit: usize,
}

impl KeyCursor {
    /// Returns whether an expression can name a key.
    pub(super) fn can_name(&self, key: &PrimaryKey) -> bool {
        self.anchor.can_name(key)
    }
}

impl Keys<'_> {
    /// Returns the position before all keys.
    pub(super) fn start(&self) -> KeyCursor {
        KeyCursor { last: None, anchor: Anchor::new(None, self.connection.known_server()), limit: FIRST_KEYS }
    }

    /// Returns the next keys, in ascending order; empty after the last ones.
    ///
    /// # Errors
    /// [`Error::Protocol`] for a page that does not come after the previous one.
    pub(super) async fn next_page(&self, cursor: &mut KeyCursor) -> CallResult<Vec<PrimaryKey>> {
        let rest = cursor.anchor.key().map(|key| after(key, &self.key.name)).unwrap_or_default();
        let page = loop {
            match self.page(&rest, iterator_params(cursor.limit, cursor.anchor.skip())).await {
                Err(failure) if failure.is_too_large() && cursor.limit > 1 => cursor.limit /= 2,
                Err(failure) if self.connection.window().learns(&failure, cursor.limit) => {
                    cursor.limit = self.connection.window().rows();
                }
                page => break page?,
            }
        };
        if let Some(newest) = page.last() {
            if cursor.last.as_ref().is_some_and(|last| *last >= *newest) {
                let message = "a page of keys that does not come after the last one".to_owned();
                return Err(Error::Protocol { message }.into());
            }
            cursor.limit = next_limit(cursor.limit, &page, self.connection.window().rows());
            cursor.anchor.advance(page.len(), newest);
            cursor.last = Some(newest.clone());
        }
        Ok(page)
    }

    /// Sends an expression, without waiting for the collection to be loaded.
    pub(super) async fn probe(&self, expr: &str) -> CallResult<()> {
        call!(self.connection, "Query", query, self.request(expr, iterator_params(1, 0))).map(drop)
    }

    /// Returns the first keys for which an expression holds, in ascending order.
    pub(super) async fn page(&self, expr: &str, query_params: Vec<KeyValuePair>) -> CallResult<Vec<PrimaryKey>> {
        let request = self.request(expr, query_params);
        let answer = self.connection.query(self.collection, request, MAX_MESSAGE_BYTES).await?;
        let column = answer.into_columns()?.into_iter().find(|column| column.field_name == self.key.name);
        let mut keys = column.map_or_else(|| Ok(Vec::new()), |column| keys_of(column, self.key))?;
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    fn request(&self, expr: &str, query_params: Vec<KeyValuePair>) -> pb::QueryRequest {
        let (consistency_level, guarantee_timestamp) = self.guarantee;
        pb::QueryRequest {
            db_name: self.connection.request_database(),
            collection_name: self.collection.to_string(),
            expr: expr.to_owned(),
            output_fields: vec![self.key.name.clone()],
            partition_names: self.partition.map(str::to_owned).into_iter().collect(),
            consistency_level,
            guarantee_timestamp,
            query_params,
            ..Default::default()
        }
    }
}

/// Returns the keys of a column. Identifiers come as bytes or as texts.
fn keys_of(column: FieldData, key: &FieldSchema) -> Result<Vec<PrimaryKey>> {
    let Some(field_data::Field::Scalars(scalars)) = column.field else { return Ok(Vec::new()) };
    Ok(match scalars.data {
        Some(scalar_field::Data::LongData(values)) => values.data.into_iter().map(PrimaryKey::Int64).collect(),
        Some(scalar_field::Data::StringData(values)) if key.data_type == DataType::Uuid => {
            values.data.iter().map(|text| PrimaryKey::from_text(text, key)).collect::<Result<_>>()?
        }
        Some(scalar_field::Data::StringData(values)) => values.data.into_iter().map(PrimaryKey::VarChar).collect(),
        Some(scalar_field::Data::BytesData(values)) => {
            let keys = values.data.iter().map(|bytes| PrimaryKey::from_uuid_bytes(bytes));
            keys.collect::<Option<_>>().ok_or_else(|| Error::Protocol {
                message: format!("primary keys `{}` that do not have 16 bytes", key.name),
            })?
        }
        _ => Vec::new(),
    })
}

/// Returns the number of keys to request next, after a page of keys of this length. It grows slowly, because longer
/// keys may follow.
fn next_limit(limit: usize, page: &[PrimaryKey], window: usize) -> usize {
    let bytes: usize = page.iter().map(PrimaryKey::size_bytes).sum();
    (page.len() * PAGE_BYTES / bytes.max(1)).clamp(1, window).min(limit.saturating_mul(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_keys_are_as_large_as_the_keys_are_short() {
        let page = |length: usize| vec![PrimaryKey::VarChar("x".repeat(length)); 100];
        let window = 16_384;
        assert_eq!(next_limit(FIRST_KEYS, &page(10), window), 4 * FIRST_KEYS);
        assert_eq!(next_limit(window, &page(10), window), window);
        assert_eq!(next_limit(window, &page(65_535), window), 64);
        assert_eq!(next_limit(64, &page(0), window), 256);
        assert_eq!(next_limit(FIRST_KEYS, &page(10), 500), 500);
    }
}
