//! The explanation of a difference between the rows that a server counts and those it returns: copies of a key, of
//! which a query returns one, and keys that no query returns.
//!
//! The keys are read once more, without their rows, and counted range by range. A range that holds more rows than keys
//! is halved until single keys are left.

use milvus_backup_core::schema::{DataType, FieldSchema, PrimaryKey};
use milvus_backup_core::{CollectionName, KeyCensus, ReadPoint, Result, UnreturnedKey};

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

/// A number that rows have, and how many of them.
struct Found {
    number: i64,
    rows: u64,
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
        self.add_examples(cursor.last.as_ref(), None, rest).await?;
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
                self.one_key(range.before, key, rows).await?;
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
    async fn one_key(&mut self, before: Option<&PrimaryKey>, key: &PrimaryKey, rows: u64) -> Result<()> {
        let copies = self.count(&equal_to(key, &self.keys.key.name)).await?;
        if copies > 1 {
            self.found.duplicated_keys += 1;
            self.found.copies += copies - 1;
            self.found.example.get_or_insert_with(|| key.to_string());
        }
        let unreturned = rows.saturating_sub(copies.max(1));
        self.found.unreturned += unreturned;
        self.add_examples(before, Some(key), unreturned).await
    }

    /// Adds examples of the keys that no query returns: there are `unreturned` rows with such keys between two keys.
    async fn add_examples(
        &mut self,
        after: Option<&PrimaryKey>,
        before: Option<&PrimaryKey>,
        unreturned: u64,
    ) -> Result<()> {
        let mut left = unreturned;
        let mut start = after.cloned();
        while left > 0 && self.found.unreturned_examples.len() < KeyCensus::MAX_EXAMPLES {
            let Some(Found { number, rows }) = self.first_number(start.as_ref(), before).await? else {
                let text = |key: Option<&PrimaryKey>| key.map(ToString::to_string);
                self.found.unreturned_examples.push(UnreturnedKey::Between(text(after), text(before)));
                return Ok(());
            };
            self.found.unreturned_examples.push(UnreturnedKey::Key(number.to_string()));
            left = left.saturating_sub(rows);
            start = Some(PrimaryKey::Int64(number));
        }
        Ok(())
    }

    /// Returns the smallest number between two keys that a counted row has, by halving the range between them. `None` for
    /// keys of another type, and when there were too many counts.
    async fn first_number(&mut self, after: Option<&PrimaryKey>, before: Option<&PrimaryKey>) -> Result<Option<Found>> {
        let (mut low, mut high) = match (self.keys.key.data_type, after, before) {
            (DataType::Int64, None, None) => (i64::MIN, i64::MAX),
            (DataType::Int64, Some(PrimaryKey::Int64(after)), None) => (after.saturating_add(1), i64::MAX),
            (DataType::Int64, None, Some(PrimaryKey::Int64(before))) => (i64::MIN, before.saturating_sub(1)),
            (DataType::Int64, Some(PrimaryKey::Int64(after)), Some(PrimaryKey::Int64(before))) => {
                (after.saturating_add(1), before.saturating_sub(1))
            }
            _ => return Ok(None),
        };
        while low < high {
            if self.counts >= MAX_COUNTS {
                return Ok(None);
            }
            let middle = low.midpoint(high).min(high - 1);
            let found = self.count_numbers(low, middle).await?;
            if found > 0 { high = middle } else { low = middle + 1 }
        }
        let rows = self.count_numbers(low, low).await?;
        Ok((rows > 0).then_some(Found { number: low, rows }))
    }

    async fn count_numbers(&mut self, first: i64, last: i64) -> Result<u64> {
        let before = first.checked_sub(1).map(PrimaryKey::Int64);
        let expression = self.between(before.as_ref(), Some(&PrimaryKey::Int64(last)));
        self.count(&expression).await
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
