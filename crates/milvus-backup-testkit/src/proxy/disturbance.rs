//! [`Disturbance`]: what happens to one request.

/// What happens to one request or to its response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disturbance {
    /// The store does not see it, and this response comes instead.
    Reject {
        /// The status of HTTP.
        status: u16,
        /// The code of the error in the body, as S3 words it.
        code: &'static str,
    },
    /// The connection is closed after half of the body of the request; the store does not see it.
    CutRequest,
    /// The connection is closed after half of the body of the response.
    CutResponse,
    /// The connection is closed without a response; the store has carried the request out.
    LoseResponse,
    /// Only half of the body reaches the store, as if it were all.
    TruncateRequest,
    /// Only half of the body reaches the client, as if it were all.
    TruncateResponse,
}

impl Disturbance {
    /// The store is not available for the moment.
    pub const UNAVAILABLE: Self = Self::Reject { status: 503, code: "ServiceUnavailable" };
    /// The store itself has failed.
    pub const INTERNAL: Self = Self::Reject { status: 500, code: "InternalError" };
    /// The store asks for fewer requests, in the words of S3.
    pub const SLOW_DOWN: Self = Self::Reject { status: 503, code: "SlowDown" };
    /// The store asks for fewer requests, with the status that other stores have for it.
    pub const TOO_MANY: Self = Self::Reject { status: 429, code: "TooManyRequests" };
}
