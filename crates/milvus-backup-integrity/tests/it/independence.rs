//! What the row digest must not see: order, cuts, slices, layouts, what lies under NULLs.

use arrow_array::RecordBatch;
use milvus_backup_integrity::{RowDigest, RowHasher};
use proptest::prelude::*;

use crate::model::{Layout, Row, batch, columns, layout, rows};
use crate::reference::reference;

fn digest(batch: &RecordBatch) -> RowDigest {
    RowHasher::new().digest(batch).unwrap()
}

fn table(max_rows: usize) -> BoxedStrategy<Vec<Row>> {
    rows(&columns(), 0..max_rows)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn the_specification_gives_the_same(rows in table(8), layout in layout()) {
        let digest = digest(&batch(&columns(), &rows, layout));
        prop_assert_eq!(digest.to_hex(), reference(&columns(), &rows));
        prop_assert_eq!(digest.rows(), rows.len() as u64);
    }

    #[test]
    fn layout_and_bytes_under_nulls_do_not_count(rows in table(8), one in layout(), other in layout()) {
        prop_assert_eq!(digest(&batch(&columns(), &rows, one)), digest(&batch(&columns(), &rows, other)));
    }

    #[test]
    fn order_of_rows_does_not_count(
        (rows, shuffled) in table(8).prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
    ) {
        prop_assert_eq!(
            digest(&batch(&columns(), &rows, Layout::PLAIN)),
            digest(&batch(&columns(), &shuffled, Layout::PLAIN))
        );
    }

    #[test]
    fn order_of_columns_does_not_count(
        rows in table(6),
        order in Just((0..columns().len()).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let whole = batch(&columns(), &rows, Layout::PLAIN);
        prop_assert_eq!(digest(&whole), digest(&whole.project(&order).unwrap()));
    }

    #[test]
    fn slices_and_batches_do_not_count(
        rows in table(10),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        layout in layout(),
    ) {
        let whole = batch(&columns(), &rows, layout);
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(rows.len() + 1)).collect();
        ends.extend([0, rows.len()]);
        ends.sort_unstable();
        let mut reused = RowHasher::new();
        let mut parts = RowDigest::default();
        for ends in ends.windows(2) {
            let slice = whole.slice(ends[0], ends[1] - ends[0]);
            let of_slice = reused.digest(&slice).unwrap();
            prop_assert_eq!(of_slice, digest(&batch(&columns(), &rows[ends[0]..ends[1]], layout)));
            parts.merge(&of_slice);
        }
        prop_assert_eq!(parts, digest(&whole));
    }

    #[test]
    fn merging_is_commutative(one in table(4), other in table(4)) {
        let [one, other] = [one, other].map(|rows| digest(&batch(&columns(), &rows, Layout::PLAIN)));
        prop_assert_eq!([one, other].into_iter().sum::<RowDigest>(), [other, one].into_iter().sum());
    }
}
