//! What reads see of some partitions: keys in ascending order, each once, with the rows that are counted of it.

use std::collections::{BTreeSet, btree_map};
use std::iter::Peekable;
use std::ops::Bound;

use milvus_backup_core::KeyRange;
use milvus_backup_core::schema::PrimaryKey;

use super::model::Copies;
use super::rows::{RowRef, Rows, Version, returned, visible};

/// Some partitions at a moment.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) parts: Vec<Part<'a>>,
    pub(super) copies: Copies,
    /// `None` for the present.
    pub(super) moment: Option<u64>,
    /// Whether the largest `Int64` is counted and never returned.
    pub(super) hides_largest_key: bool,
    /// Keys that are counted and never returned.
    pub(super) unreturned: Option<&'a BTreeSet<PrimaryKey>>,
}

/// A partition that is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) rows: &'a Rows,
    /// Flushed rows that were inserted until then are not found yet.
    pub(super) hidden: Option<u64>,
}

/// A key with at least one row.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) key: &'a PrimaryKey,
    /// Rows that are counted.
    pub(super) counted: u64,
    /// The row that a query returns; `None` where no query returns any.
    pub(super) returned: Option<&'a RowRef>,
}

impl<'a> View<'a> {
    /// The keys of a range that have rows.
    pub(super) fn found(&self, range: &KeyRange<PrimaryKey>) -> impl Iterator<Item = Found<'a>> + use<'a> {
        let (copies, moment, hides_largest_key) = (self.copies, self.moment, self.hides_largest_key);
        let unreturned = self.unreturned;
        let merged = Merged::new(self.parts.iter().copied(), range);
        merged.filter_map(move |(key, of_each)| {
            let of_each: Vec<Vec<&Version>> =
                of_each.into_iter().map(|(versions, hidden)| visible(versions, copies, moment, hidden)).collect();
            let counted = match copies {
                Copies::Replaced => u64::from(of_each.iter().any(|versions| !versions.is_empty())),
                Copies::Any | Copies::Newest => of_each.iter().map(Vec::len).sum::<usize>() as u64,
            };
            let firsts: Vec<&Version> = of_each.iter().filter_map(|versions| versions.first().copied()).collect();
            let is_largest = hides_largest_key && *key == PrimaryKey::Int64(i64::MAX);
            let is_hidden = is_largest || unreturned.is_some_and(|keys| keys.contains(key));
            let returned = returned(copies, &firsts).filter(|_| !is_hidden).map(|version| &version.row);
            (counted > 0).then_some(Found { key, counted, returned })
        })
    }

    /// Rows that are counted.
    pub(super) fn count(&self) -> u64 {
        self.found(&KeyRange::default()).map(|found| found.counted).sum()
    }

    /// Keys that are returned.
    pub(super) fn keys(&self) -> Vec<PrimaryKey> {
        let found = self.found(&KeyRange::default()).filter(|found| found.returned.is_some());
        found.map(|found| found.key.clone()).collect()
    }
}

type OfPartition<'a> = (Peekable<btree_map::Range<'a, PrimaryKey, Vec<Version>>>, Option<u64>);

/// The keys of several partitions, merged.
struct Merged<'a> {
    parts: Vec<OfPartition<'a>>,
}

impl<'a> Merged<'a> {
    fn new(parts: impl Iterator<Item = Part<'a>>, range: &KeyRange<PrimaryKey>) -> Self {
        let bounds = (
            range.after.as_ref().map_or(Bound::Unbounded, Bound::Excluded),
            range.up_to.as_ref().map_or(Bound::Unbounded, Bound::Included),
        );
        let is_empty = matches!((&range.after, &range.up_to), (Some(after), Some(up_to)) if after >= up_to);
        let parts = parts.filter(|_| !is_empty);
        let of_part = |part: Part<'a>| (part.rows.versions().range::<PrimaryKey, _>(bounds).peekable(), part.hidden);
        Self { parts: parts.map(of_part).collect() }
    }
}

impl<'a> Iterator for Merged<'a> {
    /// A key, and its versions in each partition that has it.
    type Item = (&'a PrimaryKey, Vec<(&'a [Version], Option<u64>)>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = self.parts.iter_mut().filter_map(|(range, _)| range.peek().map(|(key, _)| *key)).min()?;
        let mut of_each = Vec::new();
        for (range, hidden) in &mut self.parts {
            if let Some((_, versions)) = range.next_if(|(next, _)| *next == key) {
                of_each.push((versions.as_slice(), *hidden));
            }
        }
        Some((key, of_each))
    }
}
