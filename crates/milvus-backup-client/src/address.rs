//! The address of a Milvus server: its endpoint, and the database that its path may name.
//!
//! Must always hold: no user name, password or query of an address is ever displayed.

use milvus_backup_core::{Error, Result};

/// An address such as `http://localhost:19530` or, with the database as its path, `http://localhost:19530/shop`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Scheme, host and port of the server.
    pub uri: String,
    /// The database in the path, if there is one.
    pub database: Option<String>,
}

impl Address {
    /// Parses an address with an optional database.
    ///
    /// ```
    /// use milvus_backup_client::Address;
    ///
    /// let address = Address::parse("https://milvus.example:19530/shop")?;
    /// assert_eq!(address.uri, "https://milvus.example:19530");
    /// assert_eq!(address.database.as_deref(), Some("shop"));
    /// # Ok::<(), milvus_backup_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::CredentialsInAddress`], and [`Error::InvalidParameter`] for an unsupported scheme, a query, or a path
    /// of more than one segment.
    pub fn parse(text: &str) -> Result<Self> {
        let shown = without_credentials(text);
        let invalid = |limit: &str| Error::InvalidParameter {
            field: "uri".to_owned(),
            value: shown.clone(),
            limit: limit.to_owned(),
        };
        let parsed = url::Url::parse(text);
        let has_credentials = parsed
            .as_ref()
            .map_or_else(|_| text.contains('@'), |url| !url.username().is_empty() || url.password().is_some());
        if has_credentials || shown == HIDDEN {
            return Err(Error::CredentialsInAddress { uri: shown });
        }
        let url = parsed
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| invalid("an address such as http://localhost:19530, or a path ending in .db"))?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("an address without a query"));
        }
        let path = url.path();
        let database = path.trim_matches('/');
        if database.contains('/') {
            return Err(invalid("an address with no more than one name of a database as its path"));
        }
        let uri = text.trim_end_matches('/').strip_suffix(database).unwrap_or(text).trim_end_matches('/');
        Ok(Self { uri: uri.to_owned(), database: (!database.is_empty()).then(|| database.to_owned()) })
    }
}

/// Replaces an address that cannot be displayed.
const HIDDEN: &str = "(hidden)";

/// Returns `uri` in the form in which it may be displayed: without user, password and query.
pub(crate) fn without_credentials(uri: &str) -> String {
    match url::Url::parse(uri) {
        Ok(mut url) if !url.username().is_empty() || url.password().is_some() || url.query().is_some() => {
            let cleared = url.set_username("").and_then(|()| url.set_password(None));
            url.set_query(None);
            if cleared.is_ok() { url.to_string() } else { HIDDEN.to_owned() }
        }
        Ok(url) if url.has_host() => uri.to_owned(),
        // `user:password@host` has no scheme, or its user is parsed as one.
        _ if uri.contains('@') => HIDDEN.to_owned(),
        _ => uri.to_owned(),
    }
}

/// Returns whether two addresses name the same host and port.
pub(crate) fn same_server(one: &str, other: &str) -> bool {
    let endpoint = |text: &str| {
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        rest.split('/').next().unwrap_or_default().to_ascii_lowercase()
    };
    !endpoint(one).is_empty() && endpoint(one) == endpoint(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_secrets() {
        for (uri, shown) in [
            ("http://localhost:19530", "http://localhost:19530"),
            ("http://root:Milvus@localhost:19530/", "http://localhost:19530/"),
            ("root:Milvus@localhost:19530", "(hidden)"),
            ("localhost:19530", "localhost:19530"),
            ("words.db", "words.db"),
        ] {
            assert_eq!(without_credentials(uri), shown);
        }
    }

    #[test]
    fn the_path_of_an_address_names_the_database() {
        for (text, uri, database) in [
            ("http://localhost:19530", "http://localhost:19530", None),
            ("http://localhost:19530/", "http://localhost:19530", None),
            ("http://localhost:19530/shop", "http://localhost:19530", Some("shop")),
            ("https://milvus.example/shop/", "https://milvus.example", Some("shop")),
            ("http://[::1]:19530/a", "http://[::1]:19530", Some("a")),
        ] {
            let expected = Address { uri: uri.to_owned(), database: database.map(str::to_owned) };
            assert_eq!(Address::parse(text).unwrap(), expected);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["http://host/a/b", "http://host?token=x", "ftp://host", "localhost:19530", "", "http://"] {
            let error = Address::parse(text).unwrap_err();
            assert!(matches!(error, Error::InvalidParameter { .. }), "{text}: {error}");
            assert!(!error.to_string().contains("token"), "{error}");
        }
    }

    #[test]
    fn credentials_in_an_address_are_refused_and_never_shown() {
        for text in ["http://root:Secret@host:19530", "root:Secret@host:19530", "http://root@host/shop"] {
            let error = Address::parse(text).unwrap_err();
            assert!(matches!(error, Error::CredentialsInAddress { .. }), "{text}: {error}");
            assert!(!error.full_message().contains("Secret") && !error.full_message().contains("root"), "{error}");
        }
    }
}
