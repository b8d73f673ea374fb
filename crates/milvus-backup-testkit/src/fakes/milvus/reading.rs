//! Which rows a read sees: of what is loaded, at a moment, under the name of a partition or of the whole collection.

use milvus_backup_core::schema::{CollectionSchema, DataType, PrimaryKey};
use milvus_backup_core::{Access, CollectionName, Error, KeyCensus, KeyRange, ReadPoint, Result, UnreturnedKey};

use super::model::ReadPoints;
use super::refusals::{not_nameable, released};
use super::state::State;
use super::view::{Part, View};

impl State {
    /// The read point of a scan that begins now.
    pub(super) fn read_point(&mut self, name: &CollectionName) -> Result<ReadPoint> {
        match self.model.rows.read_points {
            ReadPoints::Snapshot => {
                // It comes with the first page of a query.
                self.open(name, None)?;
                Ok(ReadPoint::Snapshot(self.now()))
            }
            ReadPoints::Timestamp => Ok(ReadPoint::AtLeast(self.now())),
            ReadPoints::Unknown => Ok(ReadPoint::Unknown),
        }
    }

    /// See [`milvus_backup_core::ScanSession::count_rows`]. Counts are of the present, also where pages are of a moment.
    pub(super) fn count_rows(&mut self, name: &CollectionName, partition: Option<&str>) -> Result<u64> {
        let counts_all = self.model.loading.counts_unloaded && partition.is_none();
        if counts_all && self.find(name).is_some_and(|collection| !collection.is_any_loaded()) {
            self.permit(Access::Query, "Query")?;
            let all = self.get("Query", name)?.partition_names();
            return Ok(self.view(name, &all, None).count());
        }
        let partitions = self.open(name, partition)?;
        // Milvus Lite counts a partition by an expression on the key, and falls back to the statistics.
        if let Some(key) = self.reserved_key(name).filter(|_| partition.is_some() && !self.model.rows.reads_by_position)
        {
            return Err(self.model.family.unparsable(&key));
        }
        Ok(self.view(name, &partitions, None).count())
    }

    /// Implements [`milvus_backup_core::ScanSession::census`] on this state.
    pub(super) fn census(
        &mut self,
        name: &CollectionName,
        partition: Option<&str>,
        read_point: ReadPoint,
    ) -> Result<KeyCensus> {
        let partitions = self.open(name, partition)?;
        if let Some(key) = self.reserved_key(name) {
            return Err(self.model.family.unparsable(&key));
        }
        let returned = self.view(name, &partitions, self.moment(read_point)).keys();
        let mut census = KeyCensus { keys: returned.len() as u64, ..KeyCensus::default() };
        for found in self.view(name, &partitions, None).found(&KeyRange::default()) {
            census.rows += found.counted;
            if returned.binary_search(found.key).is_err() {
                census.unreturned += found.counted;
                if census.unreturned_examples.len() < KeyCensus::MAX_EXAMPLES {
                    census.unreturned_examples.push(UnreturnedKey::Key(found.key.to_string()));
                }
            } else if found.counted > 1 {
                census.duplicated_keys += 1;
                census.copies += found.counted - 1;
                census.example.get_or_insert_with(|| found.key.to_string());
            }
        }
        Ok(census)
    }

    /// Keys that split a partition into about `parts` parts: fewer or none where that cannot be told cheaply.
    pub(super) fn split_keys(
        &mut self,
        name: &CollectionName,
        partition: Option<&str>,
        rows: u64,
        parts: usize,
    ) -> Result<Vec<PrimaryKey>> {
        if !self.model.rows.splits {
            return Ok(Vec::new());
        }
        let partitions = match self.open(name, partition) {
            Ok(partitions) => partitions,
            // One part is slower, and as good.
            Err(Error::Milvus { .. }) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        if self.reserved_key(name).is_some() {
            return Ok(Vec::new());
        }
        let keys = self.view(name, &partitions, None).keys();
        Ok(match self.get("Query", name)?.schema.primary_key()?.data_type {
            DataType::Int64 => quantiles(&keys, parts),
            _ => every_nth(&keys, rows, parts),
        })
    }

    /// Implements [`milvus_backup_core::RowSource::require_readable`] on this state.
    pub(super) fn require_readable(
        &self,
        name: &CollectionName,
        schema: &CollectionSchema,
        partitions: &[String],
    ) -> Result<()> {
        let Some(key) = self.reserved_key(name) else { return Ok(()) };
        let whole = [None];
        let named: Vec<Option<&str>> = partitions.iter().map(|name| Some(name.as_str())).collect();
        for partition in if schema.has_partition_key() { &whole[..] } else { &named } {
            if usize::try_from(self.stored_rows(name, *partition)?).unwrap_or(usize::MAX) > self.model.rows.window {
                return Err(not_nameable(name, &key, self.model.rows.window));
            }
        }
        Ok(())
    }

    /// Implements [`milvus_backup_core::ScanSession::pending_rows`] on this state.
    pub(super) fn pending_rows(&mut self, name: &CollectionName, partitions: &[String]) -> Option<u64> {
        let collection = self.id_of(name).and_then(|id| self.collections.get_mut(&id))?;
        self.model.loading.reports_pending.then(|| collection.poll_pending(partitions))
    }

    /// The partitions that a read gets its rows from, loaded where the server does that automatically.
    pub(super) fn open(&mut self, name: &CollectionName, partition: Option<&str>) -> Result<Vec<String>> {
        let call = "Query";
        self.permit(Access::Query, call)?;
        let (family, rules) = (self.model.family, self.model.rows.clone());
        let (has_partitions, reads_load) = (self.model.capabilities.partitions, self.model.loading.reads_load);
        let collection = self.get_mut(call, name)?;
        let partition = partition.filter(|_| has_partitions);
        if partition.is_some() && collection.schema.has_partition_key() {
            // Where it can be named, `_default` is a partition like others, and no row is in it.
            return if rules.names_spread_partitions { Ok(Vec::new()) } else { Err(family.spread(call)) };
        }
        if let Some(partition) = partition.filter(|name| collection.partition(name).is_none()) {
            return if rules.unknown_partition_is_empty {
                Ok(Vec::new())
            } else {
                Err(family.partition_not_found(call, partition))
            };
        }
        if reads_load {
            collection.load_all();
        }
        let names = partition.map_or_else(|| collection.partition_names(), |name| vec![name.to_owned()]);
        // Without the name of a partition, those that are loaded are all there is.
        let loaded: Vec<String> = names.into_iter().filter(|name| collection.is_loaded(name)).collect();
        if loaded.is_empty() { Err(released(name)) } else { Ok(loaded) }
    }

    /// What a read of these partitions sees.
    pub(super) fn view(&self, name: &CollectionName, partitions: &[String], moment: Option<u64>) -> View<'_> {
        let collection = self.find(name);
        let named = collection.into_iter().flat_map(|collection| &collection.partitions);
        let parts = named
            .filter(|partition| partitions.contains(&partition.name))
            .map(|partition| Part { rows: &partition.rows, hidden: partition.hidden() });
        View {
            parts: parts.collect(),
            copies: self.model.rows.copies,
            moment,
            hides_largest_key: self.model.rows.hides_largest_key,
            unreturned: collection.map(|collection| &collection.unreturned),
        }
    }

    /// The moment that pages are of; `None` for whatever is there when they are read.
    pub(super) fn moment(&self, read_point: ReadPoint) -> Option<u64> {
        match read_point {
            ReadPoint::Snapshot(moment) if self.model.rows.read_points == ReadPoints::Snapshot => Some(moment),
            _ => None,
        }
    }

    /// The name of the primary key, if the server's expressions reserve it.
    pub(super) fn reserved_key(&self, name: &CollectionName) -> Option<String> {
        let key = self.find(name)?.schema.primary_key().ok()?.name.clone();
        Some(key).filter(|key| self.model.rows.reserved_keys.contains(key))
    }
}

/// The keys that split ascending ones into parts; into fewer where there are too few to tell.
fn quantiles(keys: &[PrimaryKey], parts: usize) -> Vec<PrimaryKey> {
    let parts = parts.min(keys.len() / 2);
    let mut split: Vec<PrimaryKey> = (1..parts).map(|part| keys[part * keys.len() / parts].clone()).collect();
    split.retain(|key| *key != PrimaryKey::Int64(i64::MIN));
    split
}

/// Every so many-th key that `rows` rows are in about `parts` parts.
fn every_nth(keys: &[PrimaryKey], rows: u64, parts: usize) -> Vec<PrimaryKey> {
    let step = usize::try_from(rows).unwrap_or(usize::MAX).checked_div(parts).unwrap_or(1).max(1);
    keys.iter().skip(step - 1).step_by(step).take(parts.saturating_sub(1)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_split_as_the_client_does() {
        let keys: Vec<PrimaryKey> = (0..1000).map(PrimaryKey::Int64).collect();
        assert_eq!(quantiles(&keys, 4), [250, 500, 750].map(PrimaryKey::Int64));
        assert_eq!(quantiles(&keys[..3], 4), []);
        assert_eq!(every_nth(&keys, 1000, 4), [249, 499, 749].map(PrimaryKey::Int64));
        assert_eq!(every_nth(&keys[..2], 2, 4), [0, 1].map(PrimaryKey::Int64));
    }
}
