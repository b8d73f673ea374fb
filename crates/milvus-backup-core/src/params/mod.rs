//! The parameters of each operation. `None` means that the configuration applies.

mod backup;
mod copy;
mod restore;
mod verification;

pub use backup::{BackupParams, LoadPolicy, SourceChoice};
pub use copy::CopyParams;
pub use restore::{AutoIdPolicy, RestoreMethod, RestoreParams};
pub use verification::VerificationParams;
