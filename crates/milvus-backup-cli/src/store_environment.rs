//! The variables of the environment that configure object stores, in the conventions of their providers.
//!
//! This is the only place that reads them: libraries get them as options.

use std::ffi::OsString;

/// The beginnings of the names of these variables.
const PREFIXES: &[&str] = &["AWS_", "AZURE_", "GOOGLE_"];

/// The prefix of the variables for the storage of Milvus, whose credentials are not those of the backups.
const MILVUS_STORAGE: &str = "MILVUS_STORAGE_";

/// The address at which Azure reports the identity of a machine, under the name that its client expects.
const IDENTITY: (&str, &str) = ("IDENTITY_ENDPOINT", "AZURE_MSI_ENDPOINT");

/// Returns the variables with their values. A variable that is not text, or is empty, is not an option.
pub(crate) fn variables() -> Vec<(String, String)> {
    chosen(texts(std::env::vars_os()))
}

/// Returns the variables for the storage of Milvus: those whose names begin with [`MILVUS_STORAGE`], without that. If
/// there are none, the storage is reached like the root of the backups.
pub(crate) fn variables_of_milvus() -> Vec<(String, String)> {
    let own = texts(std::env::vars_os())
        .filter_map(|(name, value)| name.strip_prefix(MILVUS_STORAGE).map(|name| (name.to_owned(), value)));
    let own = chosen(own);
    if own.is_empty() { variables() } else { own }
}

fn texts(variables: impl Iterator<Item = (OsString, OsString)>) -> impl Iterator<Item = (String, String)> {
    variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn chosen(variables: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    variables
        .filter(|(_, value)| !value.is_empty())
        .filter_map(|(name, value)| {
            if name == IDENTITY.0 {
                return Some((IDENTITY.1.to_owned(), value));
            }
            PREFIXES.iter().any(|prefix| name.starts_with(prefix)).then_some((name, value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_variables_of_providers_are_passed_on() {
        let variables =
            [("AWS_REGION", "r"), ("PATH", "p"), ("AZURE_CLIENT_ID", ""), ("IDENTITY_ENDPOINT", "http://i")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let found = chosen(variables.into_iter());
        let found: Vec<_> = found.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(found, [("AWS_REGION", "r"), ("AZURE_MSI_ENDPOINT", "http://i")]);
    }
}
