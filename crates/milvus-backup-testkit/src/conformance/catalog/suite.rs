//! All checks of the suite, in their order.

use super::{aliases, collections, indexes, loading, partitions, pins, renames};
use crate::conformance::Subject;
use crate::conformance::checks::run_checks;

/// Runs every check of the suite.
pub async fn run(subject: &Subject) {
    run_checks!("catalog", subject, [
        collections: says_what_it_is, lists_its_database_among_others, describes_what_was_created, lists_names_in_order,
            a_name_that_means_nothing_is_no_error_but_in_a_description,
            a_name_that_the_server_does_not_accept_is_an_invalid_parameter, creates_a_collection_once,
            a_dropped_collection_comes_back_empty, properties_are_set_and_removed, a_schema_it_cannot_hold_is_refused;
        partitions: partitions_are_listed_in_the_order_of_the_server, rows_that_are_spread_have_one_partition;
        aliases: an_alias_means_its_collection, an_alias_belongs_to_one_collection, an_alias_can_be_moved,
            a_collection_is_not_dropped_by_its_alias, aliases_go_with_their_collection;
        renames: a_renamed_collection_keeps_its_rows_and_aliases, a_name_that_is_taken_is_refused,
            a_rename_releases_where_it_is_known_to;
        pins: a_pinned_collection_is_found_under_any_name, a_collection_of_the_same_name_is_another_one,
            marks_are_no_aliases, what_does_not_exist_cannot_be_pinned;
        indexes: indexes_are_described_and_dropped, a_second_index_of_a_field, parameters_are_checked_where_it_says_so;
        loading: a_new_collection_and_its_load_state, partitions_are_loaded_one_by_one,
            partitions_cannot_be_loaded_one_by_one, copies_in_memory;
    ]);
}
