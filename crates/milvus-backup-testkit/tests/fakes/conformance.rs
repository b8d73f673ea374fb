//! The in-memory Milvus keeps the contracts that the real servers keep: the end-to-end tests run the same suites.

use futures::executor::block_on;
use milvus_backup_testkit::conformance::{Subject, catalog, row_sink, row_source};
use milvus_backup_testkit::fakes::ServerModel;

fn models() -> [ServerModel; 4] {
    [ServerModel::milvus_2_3(), ServerModel::milvus_2_6(), ServerModel::lite_3(), ServerModel::lite_2()]
}

#[test]
fn the_catalog_of_every_model() {
    for model in models() {
        block_on(catalog::run(&Subject::in_memory(model)));
    }
}

#[test]
fn the_row_source_of_every_model() {
    for model in models() {
        block_on(row_source::run(&Subject::in_memory(model)));
    }
}

#[test]
fn the_row_sink_of_every_model() {
    for model in models() {
        block_on(row_sink::run(&Subject::in_memory(model)));
    }
}
