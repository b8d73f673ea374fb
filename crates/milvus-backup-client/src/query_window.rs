//! The maximum number of rows that a query may request: a setting of the server, learnt from its refusals.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::refusal::{Failure, RefusalKind};

/// The default of `quotaAndLimits.limits.maxQueryResultWindow` in Milvus, which limits `offset + limit`.
const DEFAULT_ROWS: usize = 16_384;

/// The window, shared by all queries of a connection.
#[derive(Debug, Clone)]
pub(crate) struct QueryWindow(Arc<AtomicUsize>);

impl Default for QueryWindow {
    fn default() -> Self {
        Self(Arc::new(AtomicUsize::new(DEFAULT_ROWS)))
    }
}

impl QueryWindow {
    /// Returns the maximum number of rows to request.
    pub(crate) fn rows(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Learns from the failure of a query that requested `asked` rows. Returns whether the query may be repeated with
    /// fewer rows ([`Self::rows`]).
    pub(crate) fn learns(&self, failure: &Failure, asked: usize) -> bool {
        let Some(RefusalKind::OverWindow { allowed }) = failure.kind() else { return false };
        // Half of it if the server does not report its limit, or reports more than it rejected.
        let rows = allowed.filter(|limit| *limit < asked).unwrap_or(asked / 2);
        if rows > 0 {
            self.0.fetch_min(rows, Ordering::Relaxed);
        }
        rows > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::{Context, Refusal};

    fn refused(message: &str) -> Failure {
        let refusal = Refusal::Milvus { code: 65_535, reason: message.to_owned(), retriable: false };
        Failure::new(Context { call: "Query", uri: "http://localhost:19530", database: "default" }, refusal)
    }

    #[test]
    fn the_limit_is_taken_from_the_words_of_the_server_or_halved() {
        let window = QueryWindow::default();
        let error =
            refused("invalid max query result window, (offset+limit) should be in range [1, 500], but got 1024");
        assert!(window.learns(&error, 1024));
        assert_eq!(window.rows(), 500);
        assert!(window.learns(&refused("invalid max query result window, too many"), 500));
        assert_eq!(window.rows(), 250);
        assert!(window.learns(&error, 250), "a limit that was kept to, and refused all the same");
        assert_eq!(window.rows(), 125);
    }

    #[test]
    fn other_errors_and_single_rows_teach_nothing() {
        let window = QueryWindow::default();
        assert!(!window.learns(&refused("cannot parse expression"), 1024));
        assert!(!window.learns(&refused("invalid max query result window"), 1));
        assert_eq!(window.rows(), DEFAULT_ROWS);
    }
}
