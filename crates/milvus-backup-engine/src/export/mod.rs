//! Export: from a backup whose files another program wrote to a logical backup.

mod job;
mod plan;
