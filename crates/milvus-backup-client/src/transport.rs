//! The channel: its address, TLS, and credentials.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use milvus::proto::milvus::milvus_service_client::MilvusServiceClient;
use milvus_backup_core::{DEFAULT_DATABASE, Error, Result};
use tonic::codegen::InterceptedService;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::address::Address;
use crate::options::ConnectionOptions;
use crate::tls::with_tls;

/// Size of the largest accepted response, in bytes. A larger page is requested again in halves.
pub(crate) const MAX_MESSAGE_BYTES: usize = 128 << 20;

/// The channel, with the credentials of the client.
pub(crate) type Transport = InterceptedService<Channel, Credentials>;

/// The generated calls of Milvus.
pub(crate) type Client = MilvusServiceClient<Transport>;

/// Returns the generated calls over a channel.
pub(crate) fn client_over(transport: &Transport) -> Client {
    Client::new(transport.clone())
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}

/// Marks a request that is not one to the database of the connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InNoDatabase;

/// Adds the credentials to every call.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    authorization: Option<MetadataValue<Ascii>>,
    database: Option<MetadataValue<Ascii>>,
}

impl Credentials {
    pub(crate) fn new(options: &ConnectionOptions) -> Result<Self> {
        let authorization =
            options.token.as_ref().map(|token| header("token", BASE64_STANDARD.encode(token.trim()))).transpose()?;
        Self { authorization, database: None }.in_database(&options.database)
    }

    /// Returns the same credentials for another database.
    pub(crate) fn in_database(&self, database: &str) -> Result<Self> {
        let is_default = database.is_empty() || database == DEFAULT_DATABASE;
        let database = (!is_default).then(|| header("database", database.to_owned())).transpose()?;
        Ok(Self { authorization: self.authorization.clone(), database })
    }
}

fn header(field: &str, text: String) -> Result<MetadataValue<Ascii>> {
    let mut value = MetadataValue::try_from(text).map_err(|_| Error::InvalidParameter {
        field: field.to_owned(),
        value: "(hidden)".to_owned(),
        limit: "printable ASCII".to_owned(),
    })?;
    value.set_sensitive(true);
    Ok(value)
}

impl Interceptor for Credentials {
    fn call(&mut self, mut request: Request<()>) -> std::result::Result<Request<()>, Status> {
        if let Some(value) = &self.authorization {
            request.metadata_mut().insert("authorization", value.clone());
        }
        let in_database = request.extensions().get::<InNoDatabase>().is_none();
        if let Some(value) = self.database.as_ref().filter(|_| in_database) {
            request.metadata_mut().insert("dbname", value.clone());
        }
        Ok(request)
    }
}

/// Returns the channel to open, with TLS if the address requires it.
pub(crate) fn endpoint(options: &ConnectionOptions) -> Result<Endpoint> {
    let uri = Address::parse(&options.uri)?.uri;
    let invalid = |limit: String| Error::InvalidParameter { field: "uri".to_owned(), value: uri.clone(), limit };
    let mut endpoint = Endpoint::from_shared(uri.clone())
        .map_err(|error| invalid(format!("an address such as http://localhost:19530 ({error})")))?
        .connect_timeout(options.connect_timeout)
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(20))
        .initial_stream_window_size(Some(8 << 20))
        .initial_connection_window_size(Some(16 << 20))
        .tcp_nodelay(true);
    if uri.starts_with("https://") {
        endpoint = with_tls(endpoint, options)?;
    }
    Ok(endpoint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_the_database_unless_it_is_not_one_to_it() {
        let options = ConnectionOptions { database: "shop".to_owned(), ..ConnectionOptions::default() };
        let mut credentials = Credentials::new(&options).unwrap();
        let named = credentials.call(Request::new(())).unwrap();
        assert_eq!(named.metadata().get("dbname").unwrap(), "shop");
        let mut request = Request::new(());
        request.extensions_mut().insert(InNoDatabase);
        assert!(credentials.call(request).unwrap().metadata().get("dbname").is_none());
        let other = credentials.in_database("films").unwrap().call(Request::new(())).unwrap();
        assert_eq!(other.metadata().get("dbname").unwrap(), "films");
        let default = credentials.in_database("default").unwrap().call(Request::new(())).unwrap();
        assert!(default.metadata().get("dbname").is_none());
    }

    #[test]
    fn an_address_without_a_scheme_is_refused_with_an_example() {
        let error = endpoint(&ConnectionOptions::new("localhost:19530")).unwrap_err();
        assert!(error.to_string().contains("http://localhost:19530"), "{error}");
    }
}
