//! The calls that were made, to ask for afterwards.

use std::sync::{Mutex, PoisonError};

/// One call that was made.
#[derive(Debug, Clone)]
pub struct SeenCall {
    /// The name of the call in the protocol.
    pub name: &'static str,
    /// The request as it was sent; empty for calls that carry rows.
    pub message: Vec<u8>,
    /// The metadata entry `idempotency-key`.
    pub idempotency_key: Option<String>,
    /// Whether it was refused, or its answer was lost.
    pub refused: bool,
    /// What was read, of a query.
    pub read: Option<SeenRead>,
}

/// One query that was made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeenRead {
    /// The name that was given for the collection.
    pub collection: String,
    /// The partitions that were named.
    pub partitions: Vec<String>,
    /// The filter that was sent.
    pub expr: String,
    /// The fields that were asked for.
    pub output_fields: Vec<String>,
    /// The field `guarantee_timestamp` of `QueryRequest`.
    pub guarantee_timestamp: u64,
    /// The field `consistency_level` of `QueryRequest`.
    pub consistency_level: i32,
    /// Whether it was a page of an iterator.
    pub is_iterator: bool,
    /// The moment whose rows were read; `None` for the present.
    pub moment: Option<u64>,
    /// `QueryResults.session_ts`, as it was answered.
    pub session_ts: u64,
    /// Rows that were answered.
    pub rows: usize,
}

/// The calls so far.
#[derive(Debug, Default)]
pub(super) struct Journal(Mutex<Vec<SeenCall>>);

impl Journal {
    pub(super) fn add(&self, call: SeenCall) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    pub(super) fn calls(&self) -> Vec<SeenCall> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
