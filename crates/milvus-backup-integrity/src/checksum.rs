//! A digest together with its algorithm.

use std::fmt;

use milvus_backup_core::ChecksumAlgorithm;

use crate::error::{Error, Result};

/// A digest over bytes. Must always hold: the text is lower-case hexadecimal and has the length of the algorithm.
///
/// ```
/// use milvus_backup_core::ChecksumAlgorithm;
/// use milvus_backup_integrity::Checksum;
///
/// let checksum = Checksum::parse(ChecksumAlgorithm::Md5, "D41D8CD98F00B204E9800998ECF8427E")?;
/// assert_eq!(checksum.as_hex(), "d41d8cd98f00b204e9800998ecf8427e");
/// assert!(Checksum::parse(ChecksumAlgorithm::Sha256, checksum.as_hex()).is_err());
/// # Ok::<(), milvus_backup_integrity::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Checksum {
    algorithm: ChecksumAlgorithm,
    hex: String,
}

impl Checksum {
    pub(crate) fn from_digest(algorithm: ChecksumAlgorithm, digest: &[u8]) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |value: u8| char::from(DIGITS[usize::from(value & 15)]);
        let hex = digest.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect();
        Self { algorithm, hex }
    }

    /// Parses a digest of `algorithm` from hexadecimal digits of either case.
    ///
    /// # Errors
    /// [`Error::MalformedDigest`] if the length does not match the algorithm or a character is not a digit.
    pub fn parse(algorithm: ChecksumAlgorithm, text: &str) -> Result<Self> {
        let reason = if let Some(other) = text.chars().find(|c| !c.is_ascii_hexdigit()) {
            format!("{other:?} is not a hexadecimal digit")
        } else if text.len() != algorithm.hex_len() {
            format!("it has {} digits instead of {}", text.len(), algorithm.hex_len())
        } else {
            return Ok(Self { algorithm, hex: text.to_ascii_lowercase() });
        };
        Err(Error::MalformedDigest { algorithm, text: text.to_owned(), reason })
    }

    /// Returns the algorithm of the digest.
    pub fn algorithm(&self) -> ChecksumAlgorithm {
        self.algorithm
    }

    /// Returns the digest in lower-case hexadecimal digits.
    pub fn as_hex(&self) -> &str {
        &self.hex
    }

    /// Returns the digest in lower-case hexadecimal digits, without copying it.
    pub fn into_hex(self) -> String {
        self.hex
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.hex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_says_what_is_wrong() {
        let reason = |text: &str| Checksum::parse(ChecksumAlgorithm::Md5, text).unwrap_err().to_string();
        assert!(reason("abc").contains("3 digits instead of 32"), "{}", reason("abc"));
        assert!(reason("").contains("0 digits instead of 32"), "{}", reason(""));
        assert!(reason(&"g".repeat(32)).contains("'g' is not a hexadecimal digit"));
        assert!(reason(&"é".repeat(16)).contains("'é' is not"));
    }
}
