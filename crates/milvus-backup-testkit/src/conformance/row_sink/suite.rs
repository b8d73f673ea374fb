//! All checks of the suite, in their order.

use super::{auto_id, imports, inserts, partitions, storage};
use crate::conformance::Subject;
use crate::conformance::checks::run_checks;

/// Runs every check of the suite.
pub async fn run(subject: &Subject) {
    run_checks!("row_sink", subject, [
        inserts: rows_come_back_as_they_were, a_batch_without_rows_is_no_call, columns_that_do_not_fit_are_refused,
            long_texts_are_refused_where_they_are_checked, where_there_is_no_collection_rows_are_refused,
            inserts_may_run_concurrently;
        partitions: rows_go_into_the_partition_that_is_named, a_key_that_several_partitions_have,
            rows_that_are_spread_name_no_partition;
        storage: flushed_rows_are_stored, deleted_rows_stay_stored_for_a_while;
        auto_id: generated_keys_are_kept_or_refused;
        imports: a_file_is_read_by_the_server;
    ]);
}
