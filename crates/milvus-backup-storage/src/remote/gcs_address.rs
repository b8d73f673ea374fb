//! The address of GCS, which `object_store` does not report.

use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use serde::Deserialize;

/// Address of GCS, if the options have no other.
const GCS: &str = "https://storage.googleapis.com";

/// The part of the file of a service account that names another address.
#[derive(Debug, Deserialize)]
struct ServiceAccount {
    gcs_base_url: Option<String>,
}

/// Returns the address that the client of a builder uses: that of the options, that in the file of the service account,
/// or the public one.
pub(super) fn address(builder: &GoogleCloudStorageBuilder) -> String {
    let option = |key| builder.get_config_value(&key);
    option(GoogleConfigKey::BaseUrl)
        .or_else(|| {
            let read = || std::fs::read_to_string(option(GoogleConfigKey::ServiceAccount)?).ok();
            let account = option(GoogleConfigKey::ServiceAccountKey).or_else(read)?;
            serde_json::from_str::<ServiceAccount>(&account).ok()?.gcs_base_url
        })
        .unwrap_or_else(|| GCS.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_that_of_the_options_or_of_the_service_account() {
        let builder = GoogleCloudStorageBuilder::new();
        assert_eq!(address(&builder), GCS);
        let builder = builder.with_service_account_key(r#"{"gcs_base_url": "http://account", "private_key": "x"}"#);
        assert_eq!(address(&builder), "http://account");
        assert_eq!(address(&builder.with_config(GoogleConfigKey::BaseUrl, "http://option")), "http://option");
    }
}
