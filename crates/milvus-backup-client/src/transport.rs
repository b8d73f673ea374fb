//! The channel: its address, TLS, and credentials.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use milvus::proto::milvus::milvus_service_client::MilvusServiceClient;
use milvus_backup_core::{Error, Result};
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
        let header = |field: &str, text: String| {
            let mut value = MetadataValue::try_from(text).map_err(|_| Error::InvalidParameter {
                field: field.to_owned(),
                value: "(hidden)".to_owned(),
                limit: "printable ASCII".to_owned(),
            })?;
            value.set_sensitive(true);
            Ok::<_, Error>(value)
        };
        let authorization =
            options.token.as_ref().map(|token| header("token", BASE64_STANDARD.encode(token.trim()))).transpose()?;
        let database =
            (!options.database.is_empty()).then(|| header("database", options.database.clone())).transpose()?;
        Ok(Self { authorization, database })
    }
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
    }

    #[test]
    fn an_address_without_a_scheme_is_refused_with_an_example() {
        let error = endpoint(&ConnectionOptions::new("localhost:19530")).unwrap_err();
        assert!(error.to_string().contains("http://localhost:19530"), "{error}");
    }
}
