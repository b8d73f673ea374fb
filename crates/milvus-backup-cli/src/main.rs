//! `milvus-br`: see the library of this package.

use std::process::ExitCode;

fn main() -> ExitCode {
    milvus_backup_cli::run(std::env::args_os())
}
