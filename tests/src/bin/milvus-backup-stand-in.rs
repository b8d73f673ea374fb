//! The stand-in for the milvus-backup tool: see [`milvus_backup_testkit::native_tool`].

use std::process::ExitCode;

fn main() -> ExitCode {
    milvus_backup_testkit::native_tool::run(std::env::args_os())
}
