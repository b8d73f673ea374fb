//! Refusals for lack of a privilege.

use milvus_backup_core::Error;

/// Returns the error for a call that was rejected for lack of a privilege, which servers name in their message:
/// `PrivilegeQuery: permission deny to alice`.
pub(super) fn permission_denied(uri: &str, call: &str, message: String) -> Error {
    let named =
        message.split_once(':').map(|(first, _)| first.trim()).and_then(|first| first.strip_prefix("Privilege"));
    let privileges = named.filter(|name| name.chars().all(char::is_alphanumeric)).map(str::to_owned);
    Error::PermissionDenied {
        uri: uri.to_owned(),
        call: call.to_owned(),
        privileges: privileges.into_iter().collect(),
        message,
    }
}

/// Joins two refusals into one error, with the privileges of both.
pub(crate) fn merged(first: Error, second: Error) -> Error {
    match (first, second) {
        (
            Error::PermissionDenied { uri, call, mut privileges, message },
            Error::PermissionDenied { call: other, privileges: more, message: text, .. },
        ) => {
            privileges.extend(more.into_iter().filter(|name| !privileges.contains(name)).collect::<Vec<_>>());
            Error::PermissionDenied {
                uri,
                call: format!("{call}, {other}"),
                privileges,
                message: format!("{message}; {text}"),
            }
        }
        (first, _) => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(call: &str, message: &str) -> Error {
        permission_denied("http://localhost:19530", call, message.to_owned())
    }

    #[test]
    fn the_privilege_is_read_from_the_message() {
        let named = |message: &str| match denied("Query", message) {
            Error::PermissionDenied { privileges, .. } => privileges,
            error => panic!("{error}"),
        };
        assert_eq!(named("PrivilegeQuery: permission deny to alice"), ["Query"]);
        assert_eq!(named("PrivilegeLoad: permission deny to alice in the `default` database"), ["Load"]);
        assert!(named("not allowed: because").is_empty() && named("").is_empty());
    }

    #[test]
    fn several_refusals_name_each_privilege_once() {
        let all = ["PrivilegeLoad: no", "PrivilegeQuery: no", "PrivilegeLoad: no"].map(|message| denied("X", message));
        let Some(Error::PermissionDenied { privileges, .. }) = all.into_iter().reduce(merged) else { panic!() };
        assert_eq!(privileges, ["Load", "Query"]);
    }
}
