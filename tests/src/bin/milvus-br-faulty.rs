//! `milvus-br` over an object store and a Milvus that fail as `MILVUS_BR_FAULTS` says: see [`milvus_backup_tests::faults`].

use std::process::ExitCode;

use milvus_backup_tests::faults::layers;

fn main() -> ExitCode {
    milvus_backup_cli::run_layered(std::env::args_os(), layers())
}
