//! `milvus-br` over an object store that fails as `MILVUS_BR_FAULTS` says: see [`milvus_backup_tests::faults`].

use std::process::ExitCode;

use milvus_backup_tests::faults::layer;

fn main() -> ExitCode {
    milvus_backup_cli::run_layered(std::env::args_os(), layer)
}
