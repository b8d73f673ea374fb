//! A streaming digest over any algorithm.

use std::fmt;
use std::io;

use blake2::Blake2b512;
use md5::Md5;
use milvus_backup_core::ChecksumAlgorithm;
use sha2::{Digest, Sha256};

use crate::checksum::Checksum;

/// A digest that accepts its input in pieces. The boundaries of the pieces do not affect the result.
///
/// It also implements [`Write`](io::Write) and never fails, so `std::io::copy` can write to it.
///
/// ```
/// use milvus_backup_core::ChecksumAlgorithm;
/// use milvus_backup_integrity::Hasher;
///
/// let mut hasher = Hasher::new(ChecksumAlgorithm::Md5);
/// hasher.update(b"message ");
/// hasher.update(b"digest");
/// assert_eq!(hasher.finish().as_hex(), "f96b697d7cb7938d525a2f31aaf161d0");
/// ```
#[derive(Clone)]
pub struct Hasher {
    state: State,
}

#[derive(Clone)]
enum State {
    Sha256(Sha256),
    Md5(Md5),
    Blake2b(Box<Blake2b512>),
}

impl Hasher {
    /// Creates a digest over no bytes.
    pub fn new(algorithm: ChecksumAlgorithm) -> Self {
        let state = match algorithm {
            ChecksumAlgorithm::Md5 => State::Md5(Md5::new()),
            ChecksumAlgorithm::Blake2b => State::Blake2b(Box::default()),
            // `ChecksumAlgorithm` may grow; until this crate supports a new one, `algorithm()` returns the one that is
            // used.
            _ => State::Sha256(Sha256::new()),
        };
        Self { state }
    }

    /// Returns the algorithm in use.
    pub fn algorithm(&self) -> ChecksumAlgorithm {
        match &self.state {
            State::Sha256(_) => ChecksumAlgorithm::Sha256,
            State::Md5(_) => ChecksumAlgorithm::Md5,
            State::Blake2b(_) => ChecksumAlgorithm::Blake2b,
        }
    }

    /// Appends `bytes` to the input.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Sha256(hasher) => hasher.update(bytes),
            State::Md5(hasher) => hasher.update(bytes),
            State::Blake2b(hasher) => hasher.update(bytes),
        }
    }

    /// Returns the digest over everything that was appended.
    pub fn finish(self) -> Checksum {
        let algorithm = self.algorithm();
        match self.state {
            State::Sha256(hasher) => Checksum::from_digest(algorithm, &hasher.finalize()),
            State::Md5(hasher) => Checksum::from_digest(algorithm, &hasher.finalize()),
            State::Blake2b(hasher) => Checksum::from_digest(algorithm, &hasher.finalize()),
        }
    }

    /// Returns the digest in lower-case hexadecimal digits.
    pub fn finish_hex(self) -> String {
        self.finish().into_hex()
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn published_vectors() {
        let of = |algorithm, input: &[u8]| {
            let mut hasher = Hasher::new(algorithm);
            hasher.update(input);
            hasher.finish_hex()
        };
        assert_eq!(
            of(ChecksumAlgorithm::Sha256, b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(of(ChecksumAlgorithm::Md5, b"abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(
            of(ChecksumAlgorithm::Blake2b, b"abc"),
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1\
             7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"
        );
    }

    #[test]
    fn every_algorithm_of_the_contract_is_its_own() {
        for algorithm in ChecksumAlgorithm::ALL {
            let hasher = Hasher::new(*algorithm);
            assert_eq!(hasher.algorithm(), *algorithm);
            assert_eq!(hasher.finish_hex().len(), algorithm.hex_len());
        }
    }

    proptest! {
        #[test]
        fn cuts_make_no_difference(bytes: Vec<u8>, cut: prop::sample::Index) {
            for algorithm in ChecksumAlgorithm::ALL {
                let (head, tail) = bytes.split_at(cut.index(bytes.len() + 1));
                let mut pieces = Hasher::new(*algorithm);
                pieces.update(head);
                pieces.update(tail);
                let mut whole = Hasher::new(*algorithm);
                whole.update(&bytes);
                prop_assert_eq!(pieces.finish(), whole.finish());
            }
        }
    }
}
