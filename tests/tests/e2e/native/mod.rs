//! Native backups: the milvus-backup tool is driven, watched, and not believed.

mod create_faults;
mod damage;
mod endings;
mod on_s3;
mod real_tool;
mod restore_faults;
mod rows;
mod support;
