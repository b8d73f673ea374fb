//! Checksums of data, files and directories by one algorithm.

use std::path::Path;

use futures_io::AsyncRead;
use milvus_backup_core::ChecksumAlgorithm;

use crate::checksum::Checksum;
use crate::directory::directory_checksum;
use crate::error::Result;
use crate::file::file_checksum;
use crate::hasher::Hasher;
use crate::reader::reader_checksum;

/// Computes and compares checksums by one algorithm. All checksums are lower-case hexadecimal text.
///
/// The methods that take a path block on the file system and allocate a buffer of 1 MiB.
///
/// ```
/// use milvus_backup_integrity::ChecksumCalculator;
///
/// let calculator = ChecksumCalculator::default();
/// let path = std::env::temp_dir().join("milvus-backup-integrity-doctest");
/// # #[allow(clippy::disallowed_methods)]
/// std::fs::write(&path, b"abc")?;
/// let checksum = calculator.calculate_file_checksum(&path)?;
/// assert_eq!(checksum, calculator.calculate_data_checksum(b"abc"));
/// assert!(calculator.verify_file_checksum(&path, &checksum.to_uppercase())?);
/// std::fs::remove_file(&path)?;
/// assert!(calculator.calculate_file_checksum(&path).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChecksumCalculator {
    algorithm: ChecksumAlgorithm,
}

impl Default for ChecksumCalculator {
    /// Returns a calculator for SHA-256.
    fn default() -> Self {
        Self::new(ChecksumAlgorithm::Sha256)
    }
}

impl ChecksumCalculator {
    /// Creates a calculator for `algorithm`.
    pub fn new(algorithm: ChecksumAlgorithm) -> Self {
        Self { algorithm }
    }

    /// Returns the algorithm of the calculator.
    pub fn algorithm(&self) -> ChecksumAlgorithm {
        self.algorithm
    }

    /// Returns the checksum of `data`.
    pub fn calculate_data_checksum(&self, data: &[u8]) -> String {
        let mut hasher = Hasher::new(self.algorithm);
        hasher.update(data);
        hasher.finish_hex()
    }

    /// Returns whether `data` has the checksum `expected`, in either letter case.
    ///
    /// # Errors
    /// [`Error::MalformedDigest`](crate::Error::MalformedDigest) if `expected` is not a digest of the algorithm.
    pub fn verify_data_checksum(&self, data: &[u8], expected: &str) -> Result<bool> {
        let expected = Checksum::parse(self.algorithm, expected)?;
        Ok(self.calculate_data_checksum(data) == expected.as_hex())
    }

    /// Returns the checksum of the file at `path`.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) and [`Error::Io`](crate::Error::Io), with the path of the file.
    pub fn calculate_file_checksum(&self, path: &Path) -> Result<String> {
        file_checksum(self.algorithm, path, &mut Vec::new()).map(Checksum::into_hex)
    }

    /// Returns whether the file at `path` has the checksum `expected`, in either letter case.
    ///
    /// `Ok(false)` means only that the file was read to its end and differs.
    ///
    /// # Errors
    /// [`Error::MalformedDigest`](crate::Error::MalformedDigest) before the file is opened; then the errors of
    /// [`calculate_file_checksum`](Self::calculate_file_checksum).
    pub fn verify_file_checksum(&self, path: &Path, expected: &str) -> Result<bool> {
        let expected = Checksum::parse(self.algorithm, expected)?;
        Ok(self.calculate_file_checksum(path)? == expected.as_hex())
    }

    /// Returns one checksum over all files below `directory`, which may itself be a link.
    ///
    /// It is the digest of, for every file in byte order of its `/`-separated relative path: the length of that path in
    /// bytes (64 bits, little-endian), the path in UTF-8, and the file's checksum as hexadecimal text. Empty
    /// directories do not contribute. Without `include_hidden`, files and directories below `directory` whose name
    /// starts with a dot are skipped; dots in the path of `directory` itself do not count.
    ///
    /// # Errors
    /// The errors of [`calculate_file_checksum`](Self::calculate_file_checksum), and
    /// [`Error::UnsupportedFile`](crate::Error::UnsupportedFile) for links, devices and names that are not UTF-8.
    pub fn calculate_directory_checksum(&self, directory: &Path, include_hidden: bool) -> Result<String> {
        directory_checksum(self.algorithm, directory, include_hidden).map(Checksum::into_hex)
    }

    /// Returns the checksum of everything that `reader` yields until its end, reading 64 KiB at a time.
    ///
    /// # Errors
    /// [`Error::Read`](crate::Error::Read) with the error of the reader.
    ///
    /// # Cancel safety
    /// Dropping the future loses the checksum, and the bytes that were already read from the reader.
    pub async fn calculate_reader_checksum_async<R: AsyncRead + Unpin>(&self, reader: R) -> Result<String> {
        reader_checksum(self.algorithm, reader).await.map(Checksum::into_hex)
    }
}
