//! All checks of the suite, in their order.

use super::{counts, loaded, order, reserved, scans, splits, units};
use crate::conformance::Subject;
use crate::conformance::checks::run_checks;

/// Runs every check of the suite.
pub async fn run(subject: &Subject) {
    run_checks!("row_source", subject, [
        order: rows_come_in_ascending_order_of_their_keys, texts_are_ordered_by_their_bytes,
            every_row_is_in_one_range, the_smallest_and_the_largest_key;
        scans: a_batch_has_about_the_size_that_was_asked_for, batches_have_the_columns_of_the_schema,
            a_scan_ends_after_its_first_error, partitions_are_read_apart, a_read_point_says_what_it_promises,
            writes_while_rows_are_read;
        counts: copies_of_keys_are_counted_and_explained, deleted_rows_are_neither_counted_nor_returned;
        loaded: what_is_not_loaded_is_refused_or_loaded, partitions_that_are_not_loaded_are_not_read,
            pending_rows_are_those_not_in_memory;
        units: units_cover_every_row_of_their_partitions_once, reading_goes_on_from_a_position, a_scan_lets_go;
        splits: a_unit_is_divided_for_a_second_worker, the_rest_is_divided_after_the_rows_that_were_read;
        reserved: a_key_that_expressions_reserve_is_read_by_position;
    ]);
}
