//! The conversion of failures of Parquet to the error of core.

use milvus_backup_core::Error;

/// Returns a conversion of failures to encode or decode rows during `action`.
pub(crate) fn encoding(action: impl Into<String>) -> impl FnOnce(parquet::errors::ParquetError) -> Error {
    let action = action.into();
    move |source| Error::Encoding { action, source: Box::new(source) }
}
