//! The filters of queries and deletes.

use milvus_backup_core::CollectionName;
use milvus_backup_core::schema::{FieldSchema, PrimaryKey};

use super::expression::{Expression, Unreadable};
use super::refusal::{Answer, unexpected};
use crate::fakes::milvus::state::State;

/// Reads a filter on a key, in which names that the server reserves do not stand for fields.
pub(super) fn read_filter(state: &State, text: &str, key: &FieldSchema) -> Answer<Expression> {
    let read = Expression::read(text, key, |name| state.model.rows.reserved_keys.contains(name));
    read.map_err(|unreadable| match unreadable {
        Unreadable::Unparsable => unexpected(format!("cannot parse expression: {text}, error: line 1:0")),
        Unreadable::Field(field) => unexpected(format!("a filter on the field `{field}` is not modelled")),
    })
}

/// Returns the keys for which a filter holds now, in these partitions.
pub(super) fn keys_where(
    state: &State,
    name: &CollectionName,
    partitions: &[String],
    filter: &Expression,
) -> Vec<PrimaryKey> {
    let view = state.view(name, partitions, None);
    let found = view.found(&filter.range()).filter(|found| filter.holds(found.key));
    found.map(|found| found.key.clone()).collect()
}

/// Returns a filter as a delete has it.
pub(super) fn filter_of(state: &State, name: &CollectionName, text: &str) -> Answer<Expression> {
    let key = state.get("Delete", name)?.schema.primary_key()?.clone();
    read_filter(state, text, &key)
}
