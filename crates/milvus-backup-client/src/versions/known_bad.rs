//! Versions of servers with known issues that affect backups or restores.
//!
//! The sources are issues and release notes. An issue that this program works around, or refuses to meet, is not listed.

use milvus_backup_core::{AffectedOperation, KnownIssue};

use super::gates::Version;
use super::server::Server;

/// The programs whose versions are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Product {
    Milvus,
    MilvusLite,
}

/// One line of the table.
struct KnownBad {
    affects: AffectedOperation,
    product: Product,
    /// The first version and the last one with the issue, or in which it was seen.
    versions: (Version, Version),
    fixed_in: Option<Version>,
    description: &'static str,
    source: &'static str,
}

const KNOWN_BAD: &[KnownBad] = &[
    KnownBad {
        affects: AffectedOperation::Create,
        product: Product::Milvus,
        versions: (Version(2, 6, 0), Version(2, 6, 21)),
        fixed_in: None,
        description: "queries may return fewer rows than the server counts; a create reports how many",
        source: "milvus#52055",
    },
    KnownBad {
        affects: AffectedOperation::Create,
        product: Product::MilvusLite,
        versions: (Version(3, 0, 0), Version(3, 2, 0)),
        fixed_in: Some(Version(3, 2, 2)),
        description: "queries page by page may repeat or omit rows",
        source: "milvus-lite#366",
    },
    KnownBad {
        affects: AffectedOperation::Import,
        product: Product::Milvus,
        versions: (Version(2, 5, 0), Version(2, 6, 15)),
        fixed_in: Some(Version(2, 6, 16)),
        description: "rows that were imported may reappear after they are deleted",
        source: "milvus#47154, milvus#47187, milvus#48910",
    },
    KnownBad {
        affects: AffectedOperation::Import,
        product: Product::Milvus,
        versions: (Version(2, 6, 0), Version(2, 6, 10)),
        fixed_in: Some(Version(2, 6, 11)),
        description: "imported segments have wrong timestamps",
        source: "milvus#47370",
    },
    KnownBad {
        affects: AffectedOperation::Import,
        product: Product::Milvus,
        versions: (Version(2, 6, 0), Version(2, 6, 17)),
        fixed_in: Some(Version(2, 6, 18)),
        description: "the server may count rows wrongly after it has retried an import",
        source: "milvus#50070",
    },
];

impl KnownBad {
    fn has(&self, product: Product, version: Version) -> bool {
        self.product == product && (self.versions.0..=self.versions.1).contains(&version)
    }

    fn issue(&self) -> KnownIssue {
        let product = match self.product {
            Product::Milvus => "Milvus",
            Product::MilvusLite => "Milvus Lite",
        };
        let versions = format!("{product} {} to {}", self.versions.0, self.versions.1);
        let mut issue = KnownIssue::new(self.affects, versions, self.description, self.source);
        issue.fixed_in = self.fixed_in.map(|version| version.to_string());
        issue
    }
}

/// Returns the known issues of the server with a version string. A version that cannot be parsed has none.
pub(crate) fn known_issues_of(version: &str) -> Vec<KnownIssue> {
    let (product, version) = match Server::from_version(version) {
        Server::Milvus(version) => (Product::Milvus, version),
        _ => (Product::MilvusLite, Version::parse(version.trim_start_matches("milvus_lite-"))),
    };
    KNOWN_BAD.iter().filter(|line| line.has(product, version)).map(KnownBad::issue).collect()
}

/// Returns the known issues of all versions.
pub fn known_issues() -> Vec<KnownIssue> {
    KNOWN_BAD.iter().map(KnownBad::issue).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::versions::documented::require_documented;

    #[test]
    fn a_version_has_the_issues_until_they_are_fixed() {
        let sources =
            |version: &str| known_issues_of(version).into_iter().map(|issue| issue.source).collect::<Vec<_>>();
        assert_eq!(sources("2.3.5"), Vec::<String>::new());
        assert_eq!(sources("v2.5.27").len(), 1);
        assert_eq!(sources("2.6.10").len(), 4);
        assert_eq!(sources("2.6.21"), ["milvus#52055"]);
        assert_eq!(sources("2.6.22"), Vec::<String>::new());
        assert_eq!(sources("milvus_lite-3.2.0"), ["milvus-lite#366"]);
        assert_eq!(sources("milvus_lite-3.2.2"), Vec::<String>::new());
        assert_eq!(sources("milvus_lite-2"), Vec::<String>::new());
        assert_eq!(sources("nightly"), Vec::<String>::new());
    }

    /// A fix comes after the versions that lack it.
    #[test]
    fn every_line_is_consistent() {
        for line in KNOWN_BAD {
            assert!(line.versions.0 <= line.versions.1 && line.fixed_in.is_none_or(|fix| fix > line.versions.1));
        }
    }

    #[test]
    fn the_documentation_has_these_issues() {
        let lines = known_issues().into_iter().map(|issue| {
            let affects = match issue.affects {
                AffectedOperation::Create => "`create`",
                AffectedOperation::Import => "`restore --method import`",
                _ => "`restore`",
            };
            let fixed = issue.fixed_in.unwrap_or_else(|| "not known".to_owned());
            format!("| {} | {affects} | {} | {fixed} | {} |", issue.versions, issue.description, issue.source)
        });
        let head = ["| Versions | Affects | Issue | Fixed in | Source |", "| --- | --- | --- | --- | --- |"];
        require_documented("known issues", &head, lines);
    }
}
