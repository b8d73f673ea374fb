//! The authorities of Mozilla's root programme, for an image without an operating system.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Number of characters of a line in a PEM file.
const LINE: usize = 64;

/// Returns the certificates of the authorities as a PEM file. The version of the package in the lock file determines them.
pub(super) fn authorities() -> String {
    let mut text = String::new();
    for certificate in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        let encoded = STANDARD.encode(certificate.as_ref());
        text += "-----BEGIN CERTIFICATE-----\n";
        for line in encoded.as_bytes().chunks(LINE) {
            let _ = writeln!(text, "{}", String::from_utf8_lossy(line));
        }
        text += "-----END CERTIFICATE-----\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_authorities() {
        assert!(authorities().matches("BEGIN CERTIFICATE").count() > 100);
    }
}
