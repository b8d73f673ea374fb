//! Responses that refuse a request: their code and message, without anything else that the store put into them.
//!
//! A store may repeat the signature and the identifier of the key in its response.

use std::fmt;

use bytes::Bytes;

/// The bucket or container of a request does not exist. `object_store` does not distinguish this from a missing object.
#[derive(Debug)]
pub(crate) struct MissingBucket;

impl std::error::Error for MissingBucket {}

impl fmt::Display for MissingBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bucket or container does not exist; it must be created first")
    }
}

/// Codes of a bucket or container that does not exist, or no longer exists.
const MISSING_BUCKET: &[&str] = &["NoSuchBucket", "ContainerNotFound", "ContainerBeingDeleted"];

/// Codes of credentials that are no longer valid. S3 sends them as a bad request.
const EXPIRED: &[&str] = &["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken"];

/// Code of a request whose time differs too much from that of the store.
const SKEWED: &str = "RequestTimeTooSkewed";

/// Largest part of a message that is kept, in bytes.
const MAX_MESSAGE_BYTES: usize = 300;

/// The code and the message in the body of a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    code: String,
    message: String,
}

impl Refusal {
    /// Reads the XML document of an error, which is common to all services. A body without a code is not used.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let body = String::from_utf8_lossy(body);
        let code = element(&body, "Code")?.to_owned();
        let message = element(&body, "Message").unwrap_or_default();
        // Azure appends the identifier of the request and the time, one a line.
        let mut message = message.lines().next().unwrap_or_default().trim().to_owned();
        let mut end = message.len().min(MAX_MESSAGE_BYTES);
        while !message.is_char_boundary(end) {
            end -= 1;
        }
        message.truncate(end);
        Some(Self { code, message })
    }

    pub(super) fn is_missing_bucket(&self) -> bool {
        MISSING_BUCKET.contains(&self.code.as_str())
    }

    /// Returns the body that takes the place of the original one.
    pub(super) fn into_body(self) -> Bytes {
        let advice = if is_skewed(&self.code) { " (check the clock of this machine)" } else { "" };
        Bytes::from(format!("{}: {}{advice}", self.code, self.message))
    }
}

/// Returns whether the text of an error names expired credentials.
pub(crate) fn is_expired_token(text: &str) -> bool {
    EXPIRED.iter().any(|code| text.contains(code))
}

/// Returns whether the text of an error names a wrong clock.
fn is_skewed(text: &str) -> bool {
    text.contains(SKEWED)
}

/// Returns the text of the first element with this name.
fn element<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_and_message_are_kept() {
        let body = "<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><Message>The signature does not match.\
                    </Message><AWSAccessKeyId>hidden</AWSAccessKeyId><SignatureProvided>hidden</SignatureProvided></Error>";
        let refusal = Refusal::parse(body.as_bytes()).unwrap();
        assert!(!refusal.is_missing_bucket());
        assert_eq!(refusal.into_body(), "SignatureDoesNotMatch: The signature does not match.");
        let body = "<Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request.\n\
                    RequestId:1\nTime:2</Message><AuthenticationErrorDetail>hidden</AuthenticationErrorDetail></Error>";
        let refusal = Refusal::parse(body.as_bytes()).unwrap();
        assert_eq!(refusal.into_body(), "AuthenticationFailed: Server failed to authenticate the request.");
    }

    #[test]
    fn a_missing_bucket_and_a_wrong_clock_are_recognised() {
        for code in ["NoSuchBucket", "ContainerNotFound"] {
            let body = format!("<Error><Code>{code}</Code><Message>x</Message></Error>");
            assert!(Refusal::parse(body.as_bytes()).unwrap().is_missing_bucket());
        }
        let refusal = Refusal::parse(b"<Error><Code>RequestTimeTooSkewed</Code><Message>x</Message></Error>").unwrap();
        assert_eq!(refusal.into_body(), "RequestTimeTooSkewed: x (check the clock of this machine)");
        assert_eq!(Refusal::parse(b"<html>Bad gateway</html>"), None);
    }
}
