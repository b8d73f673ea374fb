//! Names from untrusted input, as types that cannot hold a dangerous value.
//!
//! Must always hold: a value of these types is safe as one path segment on every file system and object store,
//! either as it is ([`BackupId`]) or through [`path_segment`].

use std::fmt::{self, Write};
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Maximum length of the name of a collection, partition or field in Milvus (`proxy.maxNameLength`), in bytes.
pub const MAX_NAME_LENGTH: usize = 255;

/// The name of the database that every Milvus server has.
pub const DEFAULT_DATABASE: &str = "default";

/// Maximum length of the result of [`path_segment`] in bytes, so that suffixes still fit into the 255 bytes of a file
/// name.
const MAX_SEGMENT: usize = 180;

/// Identifier of a backup: UTC time and randomness, `20261122T073015Z-4f9c2a7e`.
///
/// It sorts by time, is unique across machines within one second, and is safe as a path segment.
///
/// ```
/// use milvus_backup_core::BackupId;
///
/// let time = "2026-11-22T07:30:15Z".parse()?;
/// let id = BackupId::new(time, [0x4f, 0x9c, 0x2a, 0x7e]);
/// assert_eq!(id.as_str(), "20261122T073015Z-4f9c2a7e");
/// assert!("../../etc".parse::<BackupId>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BackupId(String);

impl BackupId {
    /// Creates the identifier of a backup that was started at `time`, made unique by `randomness`.
    pub fn new(time: Timestamp, randomness: [u8; 4]) -> Self {
        let time = time.strftime("%Y%m%dT%H%M%SZ");
        Self(format!("{time}-{:08x}", u32::from_be_bytes(randomness)))
    }

    /// Returns the identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the time at which the backup was started, in whole seconds; `None` for an identifier without a valid
    /// time, such as month 13.
    pub fn time(&self) -> Option<Timestamp> {
        jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S", &self.0[..15])
            .ok()?
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()
            .map(|zoned| zoned.timestamp())
    }
}

impl FromStr for BackupId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let shape_holds = text.len() == 25
            && text.bytes().enumerate().all(|(i, byte)| match i {
                8 => byte == b'T',
                15 => byte == b'Z',
                16 => byte == b'-',
                0..=14 => byte.is_ascii_digit(),
                _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            });
        if shape_holds {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::InvalidParameter {
                field: "backup_id".to_owned(),
                value: text.to_owned(),
                limit: "an identifier such as 20261122T073015Z-4f9c2a7e".to_owned(),
            })
        }
    }
}

/// A collection name as Milvus allows it: not empty, at most [`MAX_NAME_LENGTH`] bytes, no control characters.
///
/// Some servers allow more than letters, digits and underscores (Milvus Lite 3 does), so the other checks depend on the
/// server, see [`crate::Catalog::resolve_collection`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CollectionName(String);

impl CollectionName {
    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CollectionName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        validate_name("collection_name", text)?;
        Ok(Self(text.to_owned()))
    }
}

/// Checks the name of a collection, partition or backup.
///
/// # Errors
/// [`Error::InvalidParameter`] with `field`.
pub fn validate_name(field: &str, text: &str) -> Result<(), Error> {
    let limit = if text.trim().is_empty() {
        "not empty".to_owned()
    } else if text.len() > MAX_NAME_LENGTH {
        format!("at most {MAX_NAME_LENGTH} bytes")
    } else if text.chars().any(char::is_control) {
        "no control characters".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::InvalidParameter { field: field.to_owned(), value: text.to_owned(), limit })
}

/// Checks the name of a collection that is to be created: a letter or an underscore, then letters, digits, underscores
/// and `$`, at most [`MAX_NAME_LENGTH`] bytes.
///
/// This is what Milvus accepts, and it rules out paths and expressions. It does not apply to collections that exist:
/// any [`CollectionName`] can be backed up.
///
/// ```
/// use milvus_backup_core::validate_new_collection_name;
///
/// assert!(validate_new_collection_name("target_collection_name", "docs_2026").is_ok());
/// assert!(validate_new_collection_name("target_collection_name", "../docs").is_err());
/// ```
///
/// # Errors
/// [`Error::InvalidParameter`] with `field`.
pub fn validate_new_collection_name(field: &str, text: &str) -> Result<(), Error> {
    validate_name(field, text)?;
    let starts_well = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'));
    if starts_well && is_plain {
        return Ok(());
    }
    Err(Error::InvalidParameter {
        field: field.to_owned(),
        value: text.to_owned(),
        limit: "a name that Milvus accepts: a letter or an underscore, then letters, digits and underscores".to_owned(),
    })
}

macro_rules! text_newtype {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;

            fn try_from(text: String) -> Result<Self, Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

text_newtype!(BackupId);
text_newtype!(CollectionName);

/// A collection together with its database.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CollectionRef {
    /// The database; [`DEFAULT_DATABASE`] unless another one was named.
    pub database: String,
    /// The name of the collection.
    pub name: CollectionName,
}

impl CollectionRef {
    /// Creates the reference to a collection of `database`; an empty text means [`DEFAULT_DATABASE`].
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for an invalid name of a database.
    pub fn new(database: &str, name: CollectionName) -> Result<Self, Error> {
        let database = if database.is_empty() { DEFAULT_DATABASE } else { database };
        validate_name("database", database)?;
        Ok(Self { database: database.to_owned(), name })
    }

    /// Returns the directory of the collection's backups below the root: `<collection>`, and outside the default
    /// database `<db>.<collection>`.
    pub fn directory(&self) -> String {
        let name = path_segment(self.name.as_str());
        if self.database == DEFAULT_DATABASE { name } else { format!("{}.{name}", path_segment(&self.database)) }
    }
}

impl CollectionRef {
    /// Returns the collection whose backups are in `directory`; `None` for a directory that
    /// [`CollectionRef::directory`] does not return, or returns only in a shortened form.
    pub fn from_directory(directory: &str) -> Option<Self> {
        let (database, name) = directory.split_once('.').unwrap_or((DEFAULT_DATABASE, directory));
        let collection = Self::new(&decoded_segment(database)?, decoded_segment(name)?.parse().ok()?).ok()?;
        (collection.directory() == directory).then_some(collection)
    }
}

/// Returns the name that [`path_segment`] encoded as `segment`.
fn decoded_segment(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

impl fmt::Display for CollectionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.database == DEFAULT_DATABASE {
            write!(f, "{}", self.name)
        } else {
            write!(f, "{}.{}", self.database, self.name)
        }
    }
}

/// Returns `name` as one path segment: letters, digits, `_` and `-` as they are, every other byte and a leading `_` as
/// `%XX`. Readers that follow Hadoop's rules (Spark, pyarrow, pandas) silently skip files and directories whose names
/// start with `_` or `.`.
///
/// A result longer than 180 bytes is truncated and ends with a 64-bit FNV-1a hash of the complete name, so that
/// distinct names stay distinct and suffixes still fit into a file name.
pub fn path_segment(name: &str) -> String {
    let mut segment = String::with_capacity(name.len());
    for (position, byte) in name.bytes().enumerate() {
        let hides = position == 0 && byte == b'_';
        if byte.is_ascii_alphanumeric() || (matches!(byte, b'_' | b'-') && !hides) {
            segment.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(segment, "%{byte:02X}");
        }
    }
    if segment.len() > MAX_SEGMENT {
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        segment.truncate(MAX_SEGMENT - 17);
        let _ = write!(segment, "~{hash:016x}");
    }
    segment
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_of_one_second_sort_with_time_and_parse_back() {
        let early = BackupId::new("2026-11-22T07:30:15Z".parse().unwrap(), [0xff; 4]);
        let late = BackupId::new("2026-11-22T07:30:16Z".parse().unwrap(), [0; 4]);
        assert!(early < late);
        assert_eq!(early.as_str().parse::<BackupId>().unwrap(), early);
    }

    #[test]
    fn ids_refuse_whatever_is_not_of_their_shape() {
        for text in ["", "..", "20261122T073015Z-4F9C2A7E", "20261122T073015Z-4f9c2a7e/", "20261122T073015Z_4f9c2a7e"] {
            assert!(text.parse::<BackupId>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_new_collection_has_a_name_that_milvus_accepts() {
        for name in ["docs", "_d", "Docs_2026", "a$b"] {
            assert!(validate_new_collection_name("name", name).is_ok(), "{name}");
        }
        for name in ["", "../x", "a/b", "a.b", "1a", "$a", "a b", "é", "a-b", &"a".repeat(256)] {
            assert!(validate_new_collection_name("name", name).is_err(), "{name}");
        }
    }

    #[test]
    fn directories_tell_databases_apart() {
        let plain = CollectionRef::new("", "items".parse().unwrap()).unwrap();
        let other = CollectionRef::new("shop", "items".parse().unwrap()).unwrap();
        let dotted = CollectionRef::new("default", "shop.items".parse().unwrap()).unwrap();
        let hidden = CollectionRef::new("", "_items".parse().unwrap()).unwrap();
        assert_eq!(hidden.directory(), "%5Fitems");
        assert_eq!(plain.directory(), "items");
        assert_eq!(other.directory(), "shop.items");
        assert_eq!(dotted.directory(), "shop%2Eitems");
    }

    #[test]
    fn directories_decode_to_their_collection() {
        for directory in ["items", "shop.items", "shop%2Eitems", "a%20b.%C3%A9"] {
            assert_eq!(CollectionRef::from_directory(directory).unwrap().directory(), directory);
        }
        for directory in ["", "a.b.c", "%zz", "default.items", "a b"] {
            assert_eq!(CollectionRef::from_directory(directory), None, "{directory}");
        }
    }

    proptest! {
        #[test]
        fn segments_are_safe_and_distinct(a in ".{1,300}", b in ".{1,300}") {
            let (x, y) = (path_segment(&a), path_segment(&b));
            prop_assert!(x.len() <= MAX_SEGMENT && !x.starts_with(['_', '.']));
            prop_assert!(x.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'%' | b'~')));
            prop_assert_eq!(a == b, x == y);
        }
    }
}
