//! How objects are transferred to and from a store.

use object_store::Attributes;

/// How objects are transferred to and from a store. The default suits a store on this machine.
#[derive(Debug, Clone)]
pub(crate) struct TransferRules {
    /// Whether an object of a single part is sent in one request.
    pub(crate) small_at_once: bool,
    /// Whether several objects are deleted in one request.
    pub(crate) deletes_at_once: bool,
    /// The attributes of data files, such as their storage class.
    pub(crate) attributes: Attributes,
    /// Number of ranges of an object that are requested in advance.
    pub(crate) ranges_ahead: usize,
    /// Size of these ranges in bytes.
    pub(crate) range_bytes: u64,
    /// Whether a document is created without a condition if the store has no conditional put.
    pub(crate) unconditional: bool,
}

impl Default for TransferRules {
    fn default() -> Self {
        Self {
            small_at_once: false,
            deletes_at_once: false,
            attributes: Attributes::default(),
            ranges_ahead: 1,
            range_bytes: 8 << 20,
            unconditional: false,
        }
    }
}

impl TransferRules {
    /// Returns the rules of an object store that was opened by the caller.
    pub(crate) fn objects() -> Self {
        Self { deletes_at_once: true, ..Self::default() }
    }

    /// Returns the rules of a store behind a network: requests in flight take the place of its latency.
    pub(crate) fn remote(attributes: Attributes, unconditional: bool) -> Self {
        Self {
            small_at_once: true,
            attributes,
            ranges_ahead: 3,
            range_bytes: 4 << 20,
            unconditional,
            ..Self::objects()
        }
    }
}
