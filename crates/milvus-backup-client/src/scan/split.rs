//! Primary keys that split a partition into parts of about the same number of rows.
//!
//! Integers are sampled: the keys that a prime number divides are as good as random ones, and the server finds them
//! without looking at the rows. Texts cannot be: all keys are read, without the rows, which the server sends twenty times
//! as fast as rows with vectors.

use milvus::proto::common::ConsistencyLevel as WireConsistency;
use milvus::proto::milvus as pb;
use milvus::proto::schema::{FieldData, field_data, scalar_field};
use milvus_backup_core::schema::{DataType, FieldSchema, PrimaryKey};
use milvus_backup_core::{CollectionName, Error, Result};

use super::cursor::after;
use super::pager::iterator_params;
use crate::connection::{MAX_MESSAGE_BYTES, MilvusConnection};
use crate::status::is_too_large;

/// Keys of one answer: `quotaAndLimits.limits.maxQueryResultWindow`.
const MAX_KEYS: usize = 16_384;

/// Bytes of texts to aim for in one answer.
const PAGE_BYTES: usize = 4 << 20;

/// Keys of the first answer with texts, whose length is not known before.
const FIRST_KEYS: usize = 256;

/// Keys to aim for in a sample. The size of a part is then right within a few percent, for a few dozen parts.
const SAMPLE_KEYS: u64 = 4096;

/// See [`milvus_backup_core::RowSource::split_keys`].
pub(super) async fn split_keys(
    connection: &MilvusConnection,
    collection: &CollectionName,
    key: &FieldSchema,
    partition: Option<&str>,
    rows: u64,
    parts: usize,
) -> Result<Vec<String>> {
    // One process that answers one call at a time.
    if connection.server().await?.is_lite() {
        return Ok(Vec::new());
    }
    let keys = Keys { connection, collection, key, partition };
    let found =
        if key.data_type == DataType::Int64 { keys.sample(rows, parts).await } else { keys.all(rows, parts).await };
    match found {
        Ok(keys) => Ok(keys.iter().map(PrimaryKey::to_string).collect()),
        // Not every server knows every expression. One part is slower, and as good.
        Err(error @ Error::Milvus { .. }) => {
            tracing::warn!(%error, "cannot find ranges of primary keys: one after the other is read");
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

/// The keys of a partition.
struct Keys<'a> {
    connection: &'a MilvusConnection,
    collection: &'a CollectionName,
    key: &'a FieldSchema,
    partition: Option<&'a str>,
}

impl Keys<'_> {
    async fn sample(&self, rows: u64, parts: usize) -> Result<Vec<PrimaryKey>> {
        let divisor = prime_from(rows / SAMPLE_KEYS);
        let sample = self.page(format!("{} % {divisor} == 0", self.key.name), MAX_KEYS).await?;
        // All that there are, and not the first ones.
        Ok(if sample.len() < MAX_KEYS { quantiles(&sample, parts) } else { Vec::new() })
    }

    async fn all(&self, rows: u64, parts: usize) -> Result<Vec<PrimaryKey>> {
        let step = usize::try_from(rows / parts as u64).unwrap_or(usize::MAX).max(1);
        let (mut split, mut read, mut limit) = (Vec::new(), 0, FIRST_KEYS);
        let mut last: Option<PrimaryKey> = None;
        loop {
            let rest = last.as_ref().map(|key| after(key, &self.key.name)).unwrap_or_default();
            let page = match self.page(rest, limit).await {
                Err(error) if is_too_large(&error) && limit > 1 => {
                    limit /= 2;
                    continue;
                }
                page => page?,
            };
            let Some(newest) = page.last().cloned() else { break };
            if last.as_ref().is_some_and(|last| *last >= newest) {
                return Err(Error::Protocol {
                    message: "a page of keys that does not come after the last one".to_owned(),
                });
            }
            let wanted = (read / step + 1) * step - 1 - read;
            split.extend(page.iter().skip(wanted).step_by(step).cloned());
            read += page.len();
            limit = next_limit(limit, &page);
            last = Some(newest);
        }
        split.truncate(parts - 1);
        Ok(split)
    }

    /// The first keys for which an expression holds, in ascending order.
    async fn page(&self, expr: String, limit: usize) -> Result<Vec<PrimaryKey>> {
        let request = pb::QueryRequest {
            db_name: self.connection.request_database(),
            collection_name: self.collection.to_string(),
            expr,
            output_fields: vec![self.key.name.clone()],
            partition_names: self.partition.map(str::to_owned).into_iter().collect(),
            // The newest keys may be missing: where the ranges meet does not decide which rows are read.
            consistency_level: WireConsistency::Eventually as i32,
            query_params: iterator_params(limit),
            ..Default::default()
        };
        let answer = self.connection.query(self.collection, request, MAX_MESSAGE_BYTES).await?;
        let column = answer.into_columns()?.into_iter().find(|column| column.field_name == self.key.name);
        let mut keys = column.map(keys_of).unwrap_or_default();
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }
}

fn keys_of(column: FieldData) -> Vec<PrimaryKey> {
    let Some(field_data::Field::Scalars(scalars)) = column.field else { return Vec::new() };
    match scalars.data {
        Some(scalar_field::Data::LongData(values)) => values.data.into_iter().map(PrimaryKey::Int64).collect(),
        Some(scalar_field::Data::StringData(values)) => values.data.into_iter().map(PrimaryKey::VarChar).collect(),
        _ => Vec::new(),
    }
}

/// Keys to ask for next, after a page of texts of this length. Longer ones may follow, so that it grows slowly.
fn next_limit(limit: usize, page: &[PrimaryKey]) -> usize {
    let bytes: usize = page.iter().map(|key| if let PrimaryKey::VarChar(text) = key { text.len() } else { 8 }).sum();
    (page.len() * PAGE_BYTES / bytes.max(1)).clamp(1, MAX_KEYS).min(limit.saturating_mul(4))
}

/// The keys that split ascending ones into parts; into fewer where there are too few to tell.
fn quantiles(keys: &[PrimaryKey], parts: usize) -> Vec<PrimaryKey> {
    let parts = parts.min(keys.len() / 2);
    let mut split: Vec<PrimaryKey> = (1..parts).map(|part| keys[part * keys.len() / parts].clone()).collect();
    split.retain(|key| *key != PrimaryKey::Int64(i64::MIN));
    split
}

/// The smallest prime number from here on. Keys often have a common divisor, but seldom such a one.
fn prime_from(number: u64) -> u64 {
    let is_prime = |candidate: &u64| (2..=candidate.isqrt()).all(|divisor| !candidate.is_multiple_of(divisor));
    // There is one before twice the number (Bertrand).
    if number <= 1 { 1 } else { (number..=number.saturating_mul(2)).find(is_prime).unwrap_or(number) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primes_are_found() {
        for (from, prime) in [(0, 1), (1, 1), (2, 2), (4, 5), (24, 29), (1000, 1009), (24_414, 24_419)] {
            assert_eq!(prime_from(from), prime, "{from}");
        }
    }

    #[test]
    fn pages_of_keys_are_as_large_as_the_keys_are_short() {
        let page = |length: usize| vec![PrimaryKey::VarChar("x".repeat(length)); 100];
        assert_eq!(next_limit(FIRST_KEYS, &page(10)), 4 * FIRST_KEYS);
        assert_eq!(next_limit(MAX_KEYS, &page(10)), MAX_KEYS);
        assert_eq!(next_limit(MAX_KEYS, &page(65_535)), 64);
        assert_eq!(next_limit(64, &page(0)), 256);
    }

    #[test]
    fn parts_are_about_the_same() {
        let keys: Vec<PrimaryKey> = (0..1000).map(PrimaryKey::Int64).collect();
        assert_eq!(quantiles(&keys, 4), [250, 500, 750].map(PrimaryKey::Int64));
        assert_eq!(quantiles(&keys[..7], 4), [2, 4].map(PrimaryKey::Int64));
        assert_eq!(quantiles(&keys[..3], 4), []);
    }
}
