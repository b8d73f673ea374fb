//! [`SeenRequest`]: what passed through the proxy.

/// One request that reached the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRequest {
    /// The method, in upper case.
    pub method: String,
    /// The path with the query, as it was sent.
    pub target: String,
    /// The bytes of its body, as announced.
    pub size: u64,
}

impl SeenRequest {
    pub(super) fn of<B>(request: &hyper::Request<B>) -> Self {
        let size = request.headers().get(hyper::header::CONTENT_LENGTH);
        Self {
            method: request.method().to_string(),
            target: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
            size: size.and_then(|size| size.to_str().ok()?.parse().ok()).unwrap_or_default(),
        }
    }

    /// Returns whether it reads, and changes nothing.
    pub fn reads(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }
}
