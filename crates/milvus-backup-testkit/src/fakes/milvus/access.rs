//! What the user may do.

use milvus_backup_core::{Access, Result};

use super::model::Family;
use super::refusals::denied;
use super::state::State;

impl State {
    /// Refuses a call that the user may not make.
    pub(super) fn permit(&self, access: Access, call: &str) -> Result<()> {
        if self.checks_privileges() && self.denied.contains(&access) {
            return Err(denied(&self.uri, call, &[access]));
        }
        Ok(())
    }

    /// Implements [`milvus_backup_core::Catalog::require_access`] on this state.
    pub(super) fn require_access(&self, needed: &[Access]) -> Result<()> {
        let missing: Vec<Access> = needed.iter().copied().filter(|access| self.denied.contains(access)).collect();
        if missing.is_empty() || !self.checks_privileges() {
            return Ok(());
        }
        let calls: Vec<String> = missing.iter().map(|access| format!("{access:?}")).collect();
        Err(denied(&self.uri, &calls.join(", "), &missing))
    }

    /// Milvus Lite has no users.
    fn checks_privileges(&self) -> bool {
        self.model.family == Family::Milvus
    }
}
