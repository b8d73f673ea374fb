//! [`Failure`]: the error that a call fails with.

use std::fmt;
use std::sync::Arc;

use super::call::Call;

/// The error that a call fails with. Each call gets a new error.
#[derive(Clone, Default)]
pub struct Failure(Kind);

#[derive(Clone, Default)]
enum Kind {
    /// Whatever stands for a server that is not there.
    #[default]
    Unavailable,
    Refused,
    #[cfg(feature = "fakes")]
    Milvus(Arc<dyn Fn() -> milvus_backup_core::Error + Send + Sync>),
    #[cfg(feature = "object-store")]
    Store(Arc<dyn Fn() -> object_store::Error + Send + Sync>),
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Unavailable => "Failure::unavailable",
            Kind::Refused => "Failure::refused",
            #[cfg(feature = "fakes")]
            Kind::Milvus(_) => "Failure::of_milvus",
            #[cfg(feature = "object-store")]
            Kind::Store(_) => "Failure::of_store",
        })
    }
}

impl Failure {
    /// The server cannot be reached, as far as anyone can tell.
    pub fn unavailable() -> Self {
        Self::default()
    }

    /// The server refuses the call, and would refuse it again.
    pub fn refused() -> Self {
        Self(Kind::Refused)
    }

    /// An error of Milvus.
    #[cfg(feature = "fakes")]
    pub fn of_milvus(error: impl Fn() -> milvus_backup_core::Error + Send + Sync + 'static) -> Self {
        Self(Kind::Milvus(Arc::new(error)))
    }

    /// An error of an object store.
    #[cfg(feature = "object-store")]
    pub fn of_store(error: impl Fn() -> object_store::Error + Send + Sync + 'static) -> Self {
        Self(Kind::Store(Arc::new(error)))
    }

    /// The error of a call of the Milvus at this address.
    #[cfg(feature = "fakes")]
    pub(super) fn in_milvus(&self, uri: &str, call: &Call) -> milvus_backup_core::Error {
        match &self.0 {
            Kind::Unavailable => {
                let source = format!("fault in {}", call.name).into();
                milvus_backup_core::Error::Unreachable { uri: uri.to_owned(), source }
            }
            Kind::Refused => {
                let (call, message) = (call.name.to_owned(), format!("fault in {}", call.name));
                milvus_backup_core::Error::Milvus { call, code: 1, message, retryable: false }
            }
            Kind::Milvus(error) => error(),
            #[cfg(feature = "object-store")]
            Kind::Store(_) => panic!("an error of the store at {call} of Milvus"),
        }
    }

    /// The error of a call of a store.
    #[cfg(feature = "object-store")]
    pub(super) fn in_store(&self, call: &Call) -> object_store::Error {
        match &self.0 {
            Kind::Unavailable => {
                object_store::Error::Generic { store: "faulty", source: format!("fault in {}", call.name).into() }
            }
            Kind::Refused => {
                let source = format!("fault in {}", call.name).into();
                object_store::Error::PermissionDenied { path: call.subject.clone(), source }
            }
            #[cfg(feature = "fakes")]
            Kind::Milvus(_) => panic!("an error of Milvus at {call} of the store"),
            Kind::Store(error) => error(),
        }
    }
}
