//! The role of a cluster among clusters that replicate.

/// The role of a cluster among clusters that replicate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReplicationRole {
    /// No replication is configured, or the server does not report any.
    Alone,
    /// Other clusters follow this one, and receive its writes.
    Primary,
    /// This cluster follows another one, and rejects all other writes.
    Standby {
        /// The cluster that it follows.
        primary: String,
    },
    /// Clusters replicate, but the server does not report which of them it is.
    Unknown,
}

impl ReplicationRole {
    /// Returns whether other clusters are concerned by a write.
    pub fn replicates(&self) -> bool {
        *self != Self::Alone
    }
}
