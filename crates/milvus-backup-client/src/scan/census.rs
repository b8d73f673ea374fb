//! The explanation of a difference between the rows that a server counts and those it returns: copies of a key, of
//! which a query returns one, and keys that no query returns.
//!
//! The keys are read once more, without their rows, and counted range by range. A range that holds more rows than keys
//! is halved until single keys are left.

use milvus_backup_core::schema::{FieldSchema, PrimaryKey};
use milvus_backup_core::{CollectionName, KeyCensus, ReadPoint, Result};

use super::cursor::{after, equal_to, every_key, up_to};
use super::keys::Keys;
use super::page_params::guarantee;
use crate::connection::MilvusConnection;

/// Maximum number of counts of ranges: the remaining rows stay unexamined.
const MAX_COUNTS: u64 = 4096;

/// A census of the keys of a partition, or of a collection.
pub(super) struct Census<'a> {
    keys: Keys<'a>,
    read_point: ReadPoint,
    counts: u64,
    found: KeyCensus,
}

/// Keys that were returned, in ascending order, and the last key before them.
struct Range<'k> {
    before: Option<&'k PrimaryKey>,
    keys: &'k [PrimaryKey],
}

impl<'a> Census<'a> {
    pub(super) fn new(
        connection: &'a MilvusConnection,
        collection: &'a CollectionName,
        key: &'a FieldSchema,
        partition: Option<&'a str>,
        read_point: ReadPoint,
    ) -> Self {
        let keys = Keys { connection, collection, key, partition, guarantee: guarantee(read_point) };
        Self { keys, read_point, counts: 0, found: KeyCensus::default() }
    }

    /// Reads all keys, and counts the rows between them.
    pub(super) async fn take(mut self) -> Result<KeyCensus> {
        let mut cursor = self.keys.start();
        let mut can_name_all = true;
        loop {
            let before = cursor.last.clone();
            let keys = self.keys.next_page(&mut cursor).await?;
            if keys.is_empty() {
                break;
            }
            self.found.keys += keys.len() as u64;
            can_name_all &= keys.iter().all(|key| cursor.can_name(key));
            if can_name_all {
                self.examine(before.as_ref(), &keys).await?;
            }
        }
        if !can_name_all {
            return self.without_ranges().await;
        }
        let rest = self.count(&self.between(cursor.last.as_ref(), None)).await?;
        self.found.rows += rest;
        self.found.unreturned += rest;
        Ok(self.found)
    }

    /// Counts all rows at once, because not every key can be the end of a range.
    async fn without_ranges(mut self) -> Result<KeyCensus> {
        let keys = self.found.keys;
        let rows = self.count(&every_key(self.keys.key)).await?;
        Ok(KeyCensus { keys, rows, unexamined: rows.saturating_sub(keys), ..KeyCensus::default() })
    }

    /// Counts the rows of a page of keys, and examines ranges with more rows than keys.
    async fn examine(&mut self, before: Option<&PrimaryKey>, keys: &[PrimaryKey]) -> Result<()> {
        let whole = Range { before, keys };
        let rows = self.count_range(&whole).await?;
        self.found.rows += rows;
        let mut open = vec![(whole, rows)];
        while let Some((range, rows)) = open.pop() {
            let surplus = rows.saturating_sub(range.keys.len() as u64);
            if surplus == 0 {
                continue;
            }
            if self.counts >= MAX_COUNTS {
                self.found.unexamined += surplus;
                continue;
            }
            if let [key] = range.keys {
                self.one_key(key, rows).await?;
                continue;
            }
            let (low, high) = range.keys.split_at(range.keys.len() / 2);
            let low = Range { before: range.before, keys: low };
            let high = Range { before: low.keys.last(), keys: high };
            let in_low = self.count_range(&low).await?;
            open.push((high, rows.saturating_sub(in_low)));
            open.push((low, in_low));
        }
        Ok(())
    }

    /// Distinguishes copies of a key from unreturned keys before it.
    async fn one_key(&mut self, key: &PrimaryKey, rows: u64) -> Result<()> {
        let copies = self.count(&equal_to(key, &self.keys.key.name)).await?;
        if copies > 1 {
            self.found.duplicated_keys += 1;
            self.found.copies += copies - 1;
            self.found.example.get_or_insert_with(|| key.to_string());
        }
        self.found.unreturned += rows.saturating_sub(copies.max(1));
        Ok(())
    }

    async fn count_range(&mut self, range: &Range<'_>) -> Result<u64> {
        let expression = self.between(range.before, range.keys.last());
        self.count(&expression).await
    }

    async fn count(&mut self, expression: &str) -> Result<u64> {
        self.counts += 1;
        let Keys { connection, collection, partition, .. } = self.keys;
        Ok(connection.count_where(collection, expression.to_owned(), partition, self.read_point).await?)
    }

    fn between(&self, before: Option<&PrimaryKey>, last: Option<&PrimaryKey>) -> String {
        let name = &self.keys.key.name;
        let bounds = [before.map(|key| after(key, name)), last.map(|key| up_to(key, name))];
        let bounds: Vec<String> = bounds.into_iter().flatten().collect();
        if bounds.is_empty() { every_key(self.keys.key) } else { bounds.join(" && ") }
    }
}
