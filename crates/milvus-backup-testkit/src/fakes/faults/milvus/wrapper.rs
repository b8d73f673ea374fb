//! [`FaultyMilvus`]. What fails here has failed for good: the retries of single calls are inside.

use std::fmt;
use std::sync::Arc;

use milvus_backup_core::{Milvus, Result};

use super::super::call::CallKind;
use super::super::plan::Faults;
use super::super::turn::Turn;

/// A Milvus with faults around it.
#[derive(Debug, Clone)]
pub struct FaultyMilvus {
    pub(super) inner: Arc<dyn Milvus>,
    pub(super) faults: Faults,
}

impl FaultyMilvus {
    /// Puts faults around a Milvus.
    pub fn new(inner: Arc<dyn Milvus>, faults: Faults) -> Self {
        Self { inner, faults }
    }

    /// A call that changes nothing.
    pub(super) async fn read<T>(
        &self,
        name: &'static str,
        subject: &(dyn fmt::Display + Sync),
        call: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        self.run(self.faults.enter(name, subject, CallKind::Read), call).await
    }

    /// A call that changes something.
    pub(super) async fn change<T>(
        &self,
        name: &'static str,
        subject: &(dyn fmt::Display + Sync),
        call: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        self.run(self.faults.enter(name, subject, CallKind::Effect), call).await
    }

    pub(super) async fn run<T>(&self, turn: Turn, call: impl Future<Output = Result<T>>) -> Result<T> {
        turn.run(call, |failure, call| failure.in_milvus(self.inner.uri(), call)).await
    }
}
