//! [`StoreRoot`]: a place for one repository in an object store, and an outside view of its objects.

use std::sync::Arc;

use super::{
    client::Client,
    credentials::{AZURE_ACCOUNT, Credentials},
    kind::StoreKind,
};
use crate::error::Error;

/// Everything is below this path, as where several users share a bucket.
const PREFIX: &str = "backups/milvus";

/// A bucket without objects, and a path in it.
///
/// What is listed, read and changed here goes through the client of the vendor, and not through the proxies and the
/// credentials of [`Self::environment`].
#[derive(Debug, Clone)]
pub struct StoreRoot {
    pub(super) kind: StoreKind,
    pub(super) endpoint: String,
    pub(super) bucket: String,
    pub(super) credentials: Credentials,
    /// The signature of a user who may only read, where that is how rights are given.
    pub(super) signature: Option<String>,
    pub(super) client: Arc<Client>,
}

impl StoreRoot {
    /// Returns the kind of the store.
    pub fn kind(&self) -> StoreKind {
        self.kind
    }

    /// Returns its URL, such as `s3://bucket/path`.
    pub fn url(&self) -> String {
        let scheme = match self.kind {
            StoreKind::SeaweedFs | StoreKind::Moto => "s3",
            StoreKind::Azurite => "az",
            StoreKind::Gcs => "gs",
        };
        format!("{scheme}://{}/{PREFIX}", self.bucket)
    }

    /// Returns the address of the server, `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns the variables of the environment that lead a client to it.
    pub fn environment(&self) -> Vec<(String, String)> {
        let variables = match self.kind {
            StoreKind::SeaweedFs | StoreKind::Moto => self.of_s3(),
            StoreKind::Azurite => self.of_azure(),
            StoreKind::Gcs => vec![
                ("GOOGLE_ALLOW_HTTP", "true".to_owned()),
                ("GOOGLE_BASE_URL", self.endpoint.clone()),
                ("GOOGLE_SERVICE_ACCOUNT_KEY", self.service_account()),
            ],
        };
        variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn of_s3(&self) -> Vec<(&'static str, String)> {
        let (access, secret) = self.credentials.s3();
        vec![
            ("AWS_ENDPOINT", self.endpoint.clone()),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", access.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", secret.to_owned()),
        ]
    }

    fn of_azure(&self) -> Vec<(&'static str, String)> {
        let secret = match &self.signature {
            Some(signature) => ("AZURE_STORAGE_SAS_KEY", signature.clone()),
            None => ("AZURE_STORAGE_ACCOUNT_KEY", self.credentials.azure_key().to_owned()),
        };
        vec![
            ("AZURITE_BLOB_STORAGE_URL", self.endpoint.clone()),
            ("AZURE_STORAGE_USE_EMULATOR", "true".to_owned()),
            ("AZURE_STORAGE_ACCOUNT_NAME", AZURE_ACCOUNT.to_owned()),
            secret,
        ]
    }

    /// Returns the document of an account for which nothing is signed.
    fn service_account(&self) -> String {
        serde_json::json!({
            "gcs_base_url": self.endpoint,
            "disable_oauth": true,
            "client_email": "",
            "private_key": "",
            "private_key_id": "",
        })
        .to_string()
    }

    /// Returns the secret in the environment, which no output may contain; `None` where there is none.
    pub fn secret(&self) -> Option<String> {
        match self.kind {
            StoreKind::SeaweedFs | StoreKind::Moto => Some(self.credentials.s3().1.to_owned()),
            StoreKind::Azurite => Some(self.signature.as_deref().unwrap_or(self.credentials.azure_key()).to_owned()),
            StoreKind::Gcs => None,
        }
    }

    /// Returns the same place for a client that goes through a proxy at this address.
    #[must_use]
    pub fn through(&self, proxy: &str) -> Self {
        Self { endpoint: proxy.to_owned(), ..self.clone() }
    }

    /// Returns a place in a bucket that does not exist.
    #[must_use]
    pub fn in_missing_bucket(&self) -> Self {
        Self { bucket: format!("{}-missing", self.bucket), ..self.clone() }
    }

    /// Returns the objects below the path, by their path relative to it, with their sizes in bytes, sorted.
    pub fn list(&self) -> Result<Vec<(String, u64)>, Error> {
        let found = self.client.value("list", &[&self.bucket, &key("")], b"")?;
        let found: Vec<(String, u64)> = self.parse("list", found)?;
        let mut listed: Vec<(String, u64)> = found.into_iter().map(|(key, size)| (relative(&key), size)).collect();
        listed.sort();
        Ok(listed)
    }

    /// Returns the objects below the path for which there is an upload of parts that has neither ended nor been aborted,
    /// sorted, each as often as there is one.
    pub fn uploads(&self) -> Result<Vec<String>, Error> {
        let found = self.client.value("uploads", &[&self.bucket, &key("")], b"")?;
        let found: Vec<String> = self.parse("uploads", found)?;
        let mut names: Vec<String> = found.iter().map(|key| relative(key)).collect();
        names.sort();
        Ok(names)
    }

    /// Returns the bytes of an object.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Error> {
        self.client.bytes("get", &[&self.bucket, &key(name)])
    }

    /// Returns when an object was written last, as text, to the second.
    pub fn modified(&self, name: &str) -> Result<String, Error> {
        let time = self.client.value("modified", &[&self.bucket, &key(name)], b"")?;
        self.parse("modified", time)
    }

    /// Writes an object, and replaces an existing one.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        self.client.value("put", &[&self.bucket, &key(name)], bytes).map(drop)
    }

    /// Removes an object of the store.
    pub fn remove(&self, name: &str) -> Result<(), Error> {
        self.client.value("delete", &[&self.bucket, &key(name)], b"").map(drop)
    }

    fn parse<T: serde::de::DeserializeOwned>(&self, call: &str, found: serde_json::Value) -> Result<T, Error> {
        serde_json::from_value(found).map_err(|problem| Error::Store {
            call: call.to_owned(),
            key: self.bucket.clone(),
            problem: problem.to_string(),
        })
    }
}

/// Returns the name of an object in the repository.
fn relative(found: &str) -> String {
    found.strip_prefix(&key("")).unwrap_or(found).to_owned()
}

/// Returns the key of an object of the repository.
fn key(name: &str) -> String {
    format!("{PREFIX}/{name}")
}
