//! Errors of services behind a network: their status, and a text without secrets.
//!
//! `object_store` keeps the status of a response only in the text of its error, and puts the URL of the request into it.
//! Must always hold: no part of a URL after `?`, where signatures are, gets into a text.

use std::error::Error;
use std::fmt;

use object_store::Error as StoreError;
use object_store::client::HttpError;

use crate::error::{exists_already, is_gone_from_store};
use crate::remote::{MissingBucket, is_expired_token};

/// The words of `object_store` before the status of a response.
const STATUS: &str = "Server returned non-2xx status code: ";
/// Its words before the body of a response that reports a failure with a status of success.
const RESPONSE: &str = "Server returned error response: ";
/// Its words before the method and the URL of a request that failed.
const REQUEST: &str = "Error performing ";
/// Its words after the number of retries.
const RETRIED: &str = " retries, max_retries: ";

/// Its words before the key of an object that a bulk deletion kept, although its response has a status of success.
const KEPT: &str = "DeleteObjects request failed for key ";
/// Its words before the code of the reason, which a parenthesis ends.
const CODE: &str = "(code: ";

/// The words of the client about a URL without TLS.
const WITHOUT_TLS: &str = "URL scheme is not allowed";

/// A failure of a service: its text, whether it is a conflict with another process, whether the object is gone, and
/// whether its request was retried.
#[derive(Debug)]
pub(crate) struct Failure {
    text: String,
    conflict: bool,
    gone: bool,
    retried: bool,
}

impl Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Failure {
    /// Describes an error of a service; `None` for an error of another kind.
    pub(crate) fn of_service(error: &StoreError) -> Option<Self> {
        let failure = || Self {
            text: text(error),
            conflict: exists_already(error),
            gone: is_gone_from_store(error),
            retried: was_retried(error),
        };
        is_of_service(error).then(failure)
    }

    pub(crate) fn is_conflict(&self) -> bool {
        self.conflict
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.gone
    }

    /// Returns whether the client has already retried the request, as long as its budget allowed.
    pub(crate) fn was_retried(&self) -> bool {
        self.retried
    }
}

/// Returns the text of an error for messages and logs.
pub(crate) fn text(error: &StoreError) -> String {
    let retries = retries(error).map_or_else(String::new, |retries| format!(" (after {retries} retries)"));
    let text = if let Some(missing) = find::<MissingBucket>(error) {
        missing.to_string()
    } else if let Some(answer) = answer(error) {
        answer
    } else if is_without_tls(error) {
        "the endpoint is without TLS, which `allow_http` does not allow".to_owned()
    } else if let Some(http) = find::<HttpError>(error) {
        causes(http).skip(1).map(ToString::to_string).collect::<Vec<_>>().join(": ")
    } else {
        error.to_string()
    };
    format!("{}{retries}", without_queries(text.trim_end_matches([':', ' '])))
}

/// Returns the status of the response that an error is about.
pub(crate) fn status(error: &StoreError) -> Option<u16> {
    let text = causes(error).map(ToString::to_string).find(|text| text.starts_with(STATUS))?;
    text[STATUS.len()..].get(..3)?.parse().ok()
}

/// Returns the code with which a bulk deletion of S3 kept an object, see "`DeleteObjects`" in the API of Amazon S3.
pub(crate) fn kept_object(error: &StoreError) -> Option<String> {
    let text = causes(error).map(ToString::to_string).find(|text| text.starts_with(KEPT))?;
    text.rsplit_once(CODE)?.1.strip_suffix(')').map(str::to_owned)
}

/// Returns whether the bucket or container does not exist.
pub(crate) fn is_missing_bucket(error: &StoreError) -> bool {
    find::<MissingBucket>(error).is_some()
}

/// Returns whether the client refused to send a request without TLS.
pub(crate) fn is_without_tls(error: &StoreError) -> bool {
    causes(error).any(|error| error.to_string().contains(WITHOUT_TLS))
}

/// Returns whether the credentials were valid once.
pub(crate) fn has_expired_credentials(error: &StoreError) -> bool {
    answer(error).is_some_and(|answer| is_expired_token(&answer))
}

/// Returns whether the client has already retried the request, as long as its budget allowed.
pub(crate) fn was_retried(error: &StoreError) -> bool {
    retries(error).is_some()
}

/// Returns whether an error is one of a service behind a network.
pub(crate) fn is_of_service(error: &StoreError) -> bool {
    let is_request = |error: &(dyn Error + 'static)| error.to_string().starts_with(REQUEST);
    find::<HttpError>(error).is_some()
        || answer(error).is_some()
        || kept_object(error).is_some()
        || causes(error).any(is_request)
}

/// Returns the status and the body of the response that an error is about.
fn answer(error: &StoreError) -> Option<String> {
    let mut texts = causes(error).map(ToString::to_string);
    texts.find_map(|text| [STATUS, RESPONSE].iter().find_map(|start| text.strip_prefix(start).map(str::to_owned)))
}

/// Returns the number of retries, if the client made any.
fn retries(error: &StoreError) -> Option<u64> {
    let mut texts = causes(error).map(ToString::to_string);
    texts.find_map(|text| text.split_once(RETRIED)?.0.rsplit(' ').next()?.parse().ok())
}

fn find<E: Error + 'static>(error: &StoreError) -> Option<&E> {
    causes(error).find_map(|error| error.downcast_ref::<E>())
}

/// Returns an error and its causes, from the outermost one.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| (*error).source())
}

/// Removes the queries of URLs from a text.
fn without_queries(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let end = rest[start..].find(char::is_whitespace).map_or(rest.len(), |end| start + end);
        let url = &rest[..end];
        let shown = url[start..].find('?').map_or(url, |query| &url[..start + query]);
        kept.push_str(shown);
        rest = &rest[end..];
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use object_store::client::HttpErrorKind;

    use super::*;

    /// An error as `object_store` words it.
    fn answered(text: &str) -> StoreError {
        StoreError::Generic { store: "S3", source: text.to_owned().into() }
    }

    #[test]
    fn the_status_of_a_response_is_found() {
        let error = answered("Server returned non-2xx status code: 403 Forbidden: AccessDenied: no");
        assert_eq!(status(&error), Some(403));
        assert_eq!(text(&error), "403 Forbidden: AccessDenied: no");
        let kept = answered("DeleteObjects request failed for key a (code: x): Denied (code: AccessDenied)");
        assert_eq!(kept_object(&kept).as_deref(), Some("AccessDenied"));
        assert_eq!(status(&answered("Server returned non-2xx status code: 5")), None);
        assert_eq!(text(&answered("Server returned non-2xx status code: 502 Bad Gateway: ")), "502 Bad Gateway");
    }

    #[test]
    fn signatures_in_urls_are_not_in_the_text() {
        let error = answered("cannot send GET https://host/x?sig=hidden&a=b in 1s, and http://host/y?sig=hidden");
        assert_eq!(text(&error), "Generic S3 error: cannot send GET https://host/x in 1s, and http://host/y");
    }

    #[test]
    fn a_connection_that_fails_is_described_by_its_causes() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        let source = HttpError::new(HttpErrorKind::Connect, refused);
        let error = StoreError::Generic { store: "S3", source: source.into() };
        assert_eq!(text(&error), "connection refused");
        let missing = HttpError::new(HttpErrorKind::Unknown, MissingBucket);
        let missing = StoreError::Generic { store: "S3", source: missing.into() };
        assert!(is_missing_bucket(&missing) && text(&missing).contains("does not exist"));
    }
}
