//! Options of `milvus-br doctor`.

use clap::Args;

/// Arguments of the command `doctor`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DoctorArgs {
    /// Check the privileges with this collection instead of the first one of the database
    #[arg(long, value_name = "COLLECTION")]
    pub(crate) collection: Option<String>,
    /// Check only the root and the configuration
    #[arg(long, conflicts_with = "collection")]
    pub(crate) no_milvus: bool,
}
