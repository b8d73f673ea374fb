//! Primary keys that split a partition into parts of about the same number of rows.
//!
//! Integers are sampled: the keys that a prime number divides are as good as random ones, and the server finds them
//! without reading the rows. Texts cannot be sampled: all keys are read, without the rows, which the server sends
//! twenty times as fast as rows with vectors.

use milvus::proto::common::ConsistencyLevel as WireConsistency;
use milvus_backup_core::schema::{DataType, FieldSchema, PrimaryKey};
use milvus_backup_core::{CollectionName, Result};

use super::keys::Keys;
use super::page_params::full_page_params;
use crate::connection::MilvusConnection;
use crate::refusal::CallResult;

/// Target number of keys in a sample. The size of a part is then accurate to a few percent, for a few dozen parts.
const SAMPLE_KEYS: u64 = 4096;

/// Returns keys that split the `rows` rows of a partition, or of the complete collection, into about `parts` parts of
/// about the same size, in ascending order, each once. Fewer or none are returned if they cannot be determined cheaply.
pub(super) async fn split_keys(
    connection: &MilvusConnection,
    collection: &CollectionName,
    key: &FieldSchema,
    partition: Option<&str>,
    rows: u64,
    parts: usize,
) -> Result<Vec<PrimaryKey>> {
    // A single process that handles one call at a time.
    if connection.server().await?.is_lite() {
        return Ok(Vec::new());
    }
    // The newest keys may be missing: the boundaries of ranges do not affect which rows are read.
    let guarantee = (WireConsistency::Eventually as i32, 0);
    let keys = Keys { connection, collection, key, partition, guarantee };
    let found =
        if key.data_type == DataType::Int64 { keys.sample(rows, parts).await } else { keys.all(rows, parts).await };
    match found {
        Ok(keys) => Ok(keys),
        // Not every server supports every expression. A single part is slower, but correct.
        Err(failure) if failure.is_of_the_request() => {
            tracing::warn!(%failure, "cannot find ranges of primary keys: one after the other is read");
            Ok(Vec::new())
        }
        Err(failure) => Err(failure.into()),
    }
}

impl Keys<'_> {
    async fn sample(&self, rows: u64, parts: usize) -> CallResult<Vec<PrimaryKey>> {
        let window = self.connection.window();
        loop {
            let limit = window.rows();
            // A sample must cover all keys, and not only the first ones: half a window leaves room.
            let divisor = prime_from(rows / SAMPLE_KEYS.min(limit as u64 / 2).max(1));
            match self.page(&format!("{} % {divisor} == 0", self.key.name), full_page_params(limit, 0)).await {
                Err(failure) if window.learns(&failure, limit) => {}
                sample => {
                    let sample = sample?;
                    return Ok(if sample.len() < limit { quantiles(&sample, parts) } else { Vec::new() });
                }
            }
        }
    }

    async fn all(&self, rows: u64, parts: usize) -> CallResult<Vec<PrimaryKey>> {
        let step = usize::try_from(rows / parts as u64).unwrap_or(usize::MAX).max(1);
        let (mut split, mut read) = (Vec::new(), 0);
        let mut cursor = self.start();
        loop {
            let page = self.next_page(&mut cursor).await?;
            if page.is_empty() {
                break;
            }
            let wanted = (read / step + 1) * step - 1 - read;
            split.extend(page.iter().skip(wanted).step_by(step).cloned());
            read += page.len();
        }
        split.truncate(parts - 1);
        Ok(split)
    }
}

/// Returns the keys that split ascending ones into parts; fewer if there are too few keys.
fn quantiles(keys: &[PrimaryKey], parts: usize) -> Vec<PrimaryKey> {
    let parts = parts.min(keys.len() / 2);
    let mut split: Vec<PrimaryKey> = (1..parts).map(|part| keys[part * keys.len() / parts].clone()).collect();
    split.retain(|key| *key != PrimaryKey::Int64(i64::MIN));
    split
}

/// Returns the smallest prime number from `number` on. Keys often have a common divisor, but seldom such a one.
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
    fn parts_are_about_the_same() {
        let keys: Vec<PrimaryKey> = (0..1000).map(PrimaryKey::Int64).collect();
        assert_eq!(quantiles(&keys, 4), [250, 500, 750].map(PrimaryKey::Int64));
        assert_eq!(quantiles(&keys[..7], 4), [2, 4].map(PrimaryKey::Int64));
        assert_eq!(quantiles(&keys[..3], 4), []);
    }
}
