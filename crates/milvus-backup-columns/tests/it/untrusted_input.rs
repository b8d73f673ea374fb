//! Answers of a server that is broken or an enemy: the columns of a page, mutated.
//!
//! `PROPTEST_CASES` sets the number of pages; `cargo xtask fuzz` sends them for minutes. A page may be refused, and may be
//! accepted where it still means something; it must not panic, nor have another number of rows than it said.

use milvus::proto::schema::FieldData;
use milvus_backup_columns::{decode_columns, encode_columns};
use milvus_backup_testkit::columns::{Profile, Style, send, table};
use milvus_backup_testkit::mutation::{mutate, mutation};
use proptest::prelude::*;
use prost::Message;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_are_decoded_or_refused(
        table in table(Profile::everything()),
        styles in any::<[Style; 4]>(),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), mutation()), 1..5),
        wrong_rows in prop::option::weighted(0.2, 0..10_usize),
    ) {
        let columns = table.columns.iter().zip(styles.iter().cycle()).map(|(column, style)| send(column, *style));
        let mut messages: Vec<Vec<u8>> = columns.map(|column| column.encode_to_vec()).collect();
        for (column, mutation) in mutations {
            let message = &mut messages[column.index(table.columns.len())];
            *message = mutate(std::mem::take(message), &[mutation]);
        }
        // What is no message does not come as far as the columns.
        let columns: Vec<FieldData> =
            messages.iter().filter_map(|message| FieldData::decode(message.as_slice()).ok()).collect();
        let rows = wrong_rows.unwrap_or(table.rows);
        if let Ok(batch) = decode_columns(&table.schema(), rows, columns) {
            prop_assert_eq!(batch.num_rows(), rows);
            let _ = encode_columns(&table.schema(), &batch);
        }
    }
}
