//! [`Credentials`]: what a client of an object store may do.

/// The credentials that a client is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// Those of the owner of the store.
    Full,
    /// Those of a user who may read and list, and no more.
    ReadOnly,
    /// A user that exists, with a secret that is not theirs.
    Wrong,
}

/// The account of the emulator, which is the same on every machine.
pub(super) const AZURE_ACCOUNT: &str = "devstoreaccount1";
/// The key of that account, which Microsoft publishes.
pub(super) const AZURE_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const AZURE_WRONG_KEY: &str = "dGVzdGtpdC1zZWNyZXQtdGhhdC1pcy1ub3QtdGhlaXJzLTcyNjYwNTYx";

impl Credentials {
    /// Returns the access key and the secret for a store with the interface of S3.
    pub(super) fn s3(self) -> (&'static str, &'static str) {
        match self {
            Self::Full => ("TESTKITOWNER", "testkit-secret-of-the-owner-31c7b0a2"),
            Self::ReadOnly => ("TESTKITREADER", "testkit-secret-of-the-reader-9e45d7f1"),
            Self::Wrong => ("TESTKITOWNER", "testkit-secret-that-is-not-theirs-72660561"),
        }
    }

    /// Returns the key of the account for Azure. A reader has no key, but a signature of limited rights.
    pub(super) fn azure_key(self) -> &'static str {
        match self {
            Self::Full | Self::ReadOnly => AZURE_KEY,
            Self::Wrong => AZURE_WRONG_KEY,
        }
    }
}
