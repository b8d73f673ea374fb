//! The names that a server accepts for collections, aliases and databases, checked before they are sent.
//!
//! Sources: Milvus 2.3.5, Milvus Lite 3.2.2 and Milvus Lite 2.5.1 were run; the other versions follow their source code.
//! The names of partitions are not checked: they are compared with those that the server lists.

use milvus_backup_core::{Error, Result};

use crate::versions::{Server, Version};

/// The rule of Milvus.
const PLAIN: &str = "a name that this server accepts: a letter or an underscore, then letters, digits and underscores";
/// The rule of Milvus Lite 3, which stores each collection in a directory of that name.
const FILE_NAME: &str = "a name that this server accepts: one without a slash or a backslash";

impl Server {
    /// Checks a name that is given to this server, or looked up on it.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] with `field`, for a name that nothing on this server can have.
    pub(crate) fn require_accepted_name(self, field: &str, name: &str) -> Result<()> {
        let (accepted, limit) = match self {
            Self::Lite3 => (is_file_name(name), FILE_NAME),
            // A newer version may accept more, so it decides itself.
            Self::Milvus(version) if version >= Version(3, 1, 0) => (true, PLAIN),
            // Whether a dollar sign is accepted depends on the version, and its configuration.
            Self::Milvus(_) => (is_plain(name, "_$"), PLAIN),
            Self::Lite2 => (is_plain(name, "_"), PLAIN),
        };
        if accepted {
            return Ok(());
        }
        Err(Error::InvalidParameter { field: field.to_owned(), value: name.to_owned(), limit: limit.to_owned() })
    }
}

fn is_file_name(name: &str) -> bool {
    !name.contains(['/', '\\', '\0']) && !matches!(name, "" | "." | "..")
}

/// Returns whether a name consists of letters, digits and `others`, and starts with a letter or an underscore.
fn is_plain(name: &str, others: &str) -> bool {
    let starts_well = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    starts_well && name.chars().all(|character| character.is_ascii_alphanumeric() || others.contains(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CURRENT: Server = Server::Milvus(Version(2, 3, 5));

    fn accepts(server: Server, name: &str) -> bool {
        server.require_accepted_name("collection_name", name).is_ok()
    }

    #[test]
    fn every_server_accepts_plain_names() {
        for server in
            [Server::Lite2, Server::Lite3, Server::Milvus(Version(2, 2, 0)), CURRENT, Server::Milvus(Version(2, 6, 0))]
        {
            for name in ["docs", "_d", "Docs_2026"] {
                assert!(accepts(server, name), "{server:?}: {name}");
            }
        }
    }

    #[test]
    fn milvus_accepts_only_plain_names() {
        for name in ["words@x", "shop.docs", "a-b", "1a", "é", " a", "a b", "a/b", "../x", "$a"] {
            assert!(!accepts(CURRENT, name) && !accepts(Server::Lite2, name), "{name}");
        }
        assert!(accepts(CURRENT, "a$b") && !accepts(Server::Lite2, "a$b"));
        assert!(accepts(Server::Milvus(Version(3, 1, 0)), "a-b"), "a version that is not known decides itself");
    }

    #[test]
    fn milvus_lite_3_accepts_names_of_files() {
        for name in ["words@x", "shop.docs", "a-b", "1a", "é", " a", "a b"] {
            assert!(accepts(Server::Lite3, name), "{name}");
        }
        for name in ["a/b", "../x", "a\\b", ".", ".."] {
            assert!(!accepts(Server::Lite3, name), "{name}");
        }
    }
}
