//! The number of rows to request, so that a page has about the target size in bytes.

/// Maximum number of rows of the first page, until the width of actual rows is known.
const FIRST_ROWS: usize = 1024;

/// The value of [`PageSize::yielded`] for a server that sends no more rows than requested.
const AS_ASKED: usize = 100;

/// Maximum growth of the next page relative to the last one, as a factor.
const GROWTH: usize = 4;

/// Chooses the number of rows of the next page from the pages so far.
#[derive(Debug, Clone)]
pub(super) struct PageSize {
    target_bytes: usize,
    rows: usize,
    /// Set after a page was rejected: a size that was too large is not tried again.
    ceiling: usize,
    /// Number of rows that are returned per 100 requested ones. A page may have more, up to as many from each segment:
    /// see [`super::page_params::iterator_params`].
    yielded: usize,
}

impl PageSize {
    /// Starts with a page that has no more than `target_bytes` even if its rows have the maximum size of the schema. No
    /// page has more rows than the window of the server (`offset + limit` of a query).
    pub(super) fn new(target_bytes: usize, largest_row_bytes: u64, window: usize) -> Self {
        let largest = usize::try_from(largest_row_bytes).unwrap_or(usize::MAX).max(1);
        let rows = (target_bytes / largest).clamp(1, FIRST_ROWS.min(window));
        Self { target_bytes, rows, ceiling: window, yielded: AS_ASKED }
    }

    /// Adapts to a window that turned out to be smaller.
    pub(super) fn keep_within(&mut self, window: usize) {
        self.ceiling = self.ceiling.min(window).max(1);
        self.rows = self.rows.min(self.ceiling);
    }

    /// Returns the number of rows to request.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Learns from a page that arrived.
    pub(super) fn observe(&mut self, rows: usize, bytes: usize) {
        // A short page is weak evidence: it ends where a segment does.
        self.yielded = (rows * AS_ASKED / self.rows.max(1)).max((self.yielded * 3 + AS_ASKED) / 4);
        let fitting = self.target_bytes / (bytes / rows.max(1)).max(1);
        let asked = fitting.saturating_mul(AS_ASKED) / self.yielded;
        self.rows = asked.min(self.rows * GROWTH).clamp(1, self.ceiling);
    }

    /// Halves the page after the server rejected one as too large. Returns false if it already was a single row.
    pub(super) fn halve(&mut self) -> bool {
        let halved = self.shrink();
        self.ceiling = self.rows;
        halved
    }

    /// Halves the page after one that was larger than this client accepts. It grows again if rows become smaller.
    /// Returns false if it already was a single row.
    pub(super) fn shrink(&mut self) -> bool {
        let was = self.rows;
        self.rows = (was / 2).max(1);
        was > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX_ROWS: usize = 16_384;

    #[test]
    fn pages_approach_the_target_and_never_pass_the_window() {
        let mut size = PageSize::new(6 << 20, 3072, MAX_ROWS);
        assert_eq!(size.rows(), 1024);
        size.observe(1024, 1024 * 3072);
        assert_eq!(size.rows(), 2048);
        for _ in 0..9 {
            size.observe(size.rows(), size.rows() * 8);
        }
        assert_eq!(size.rows(), MAX_ROWS);
    }

    #[test]
    fn a_refused_page_is_halved_down_to_one_row_and_not_grown_again() {
        let mut size = PageSize::new(1000, 100, MAX_ROWS);
        assert!(size.halve() && size.halve() && size.halve());
        assert_eq!(size.rows(), 1);
        assert!(!size.halve());
        size.observe(1, 1);
        assert_eq!(size.rows(), 1);
    }

    #[test]
    fn pages_that_come_with_more_rows_than_asked_for_are_asked_for_with_fewer() {
        let mut size = PageSize::new(1000, 10, MAX_ROWS);
        assert_eq!(size.rows(), 100);
        size.observe(500, 5000);
        assert_eq!(size.rows(), 20);
        size.observe(100, 1000);
        assert_eq!(size.rows(), 20);
        // A short page among them does not make the next one much larger.
        size.observe(3, 30);
        assert_eq!(size.rows(), 25);
    }

    #[test]
    fn a_smaller_window_is_kept_to() {
        assert_eq!(PageSize::new(6 << 20, 8, 300).rows(), 300);
        let mut size = PageSize::new(6 << 20, 8, MAX_ROWS);
        size.keep_within(500);
        assert_eq!(size.rows(), 500);
        size.observe(500, 500 * 8);
        assert_eq!(size.rows(), 500);
    }

    #[test]
    fn a_page_that_was_too_large_for_this_client_grows_again_where_rows_are_smaller() {
        let mut size = PageSize::new(1000, 100, MAX_ROWS);
        assert!(size.shrink() && size.shrink() && size.shrink() && !size.shrink());
        size.observe(1, 1);
        assert_eq!(size.rows(), 4);
    }
}
