//! The steps of `cargo xtask release`.

use std::fs;
use std::process::Command;

use super::plan::{Published, plan, problems};
use crate::api;
use crate::error::{Error, Result};
use crate::terminal::{say, step};
use crate::workspace;

/// Checks what a release needs; with `package`, also builds every crate from its package alone.
pub(crate) fn run(package: bool) -> Result<()> {
    let crates = plan()?;
    let tags = tags()?;
    for published in &crates {
        let tag = tag(published);
        let state = if tags.contains(&tag) { "is tagged already" } else { "is new" };
        say(format_args!("  {:<28} {:<10} {state}", published.name, published.version));
    }
    api::check()?;
    let mut found = problems(&crates);
    // The changelog is that of the command, which is the last one.
    found.extend(changelog(crates.last().map_or("", |published| published.version.as_str()))?);
    if !found.is_empty() {
        return Err(Error::Release(found.join("; ")));
    }
    if package {
        let names = crates.iter().map(|published| format!(" --package {}", published.name));
        let names = names.collect::<String>();
        step("every crate, built from its package", || {
            workspace::run(workspace::cargo(&format!("publish --dry-run --locked{names}")))
        })?;
    }
    say("nothing was published. After the review of the commit, these commands publish and tag the new versions:");
    for published in crates.iter().filter(|published| !tags.contains(&tag(published))) {
        say(format_args!("  cargo publish --locked --package {} && git tag {}", published.name, tag(published)));
    }
    Ok(())
}

/// Returns the tag of a version of a crate.
fn tag(published: &Published) -> String {
    format!("{}-v{}", published.name, published.version)
}

fn tags() -> Result<Vec<String>> {
    let mut git = Command::new("git");
    git.args(["tag", "--list"]).current_dir(workspace::root());
    let printed = workspace::capture(git)?;
    Ok(String::from_utf8_lossy(&printed).lines().map(str::to_owned).collect())
}

/// Returns what the changelog lacks: entries that are not released, or the section of this version.
fn changelog(version: &str) -> Result<Option<String>> {
    let text = fs::read_to_string(workspace::root().join("CHANGELOG.md")).map_err(Error::io("read CHANGELOG.md"))?;
    let has = |title: &str| section(&text, title).is_some_and(|entries| entries.contains("\n- "));
    let complete = has(&format!("[{version}]")) || has("[Unreleased]");
    Ok((!complete).then(|| format!("CHANGELOG.md has no entries for {version}")))
}

/// Returns the text of a section of the changelog.
fn section<'a>(text: &'a str, title: &str) -> Option<&'a str> {
    let (_, below) = text.split_once(&format!("\n## {title}"))?;
    Some(below.split("\n## ").next().unwrap_or(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_end_at_the_next_one() {
        let text = "# Changelog\n\n## [Unreleased]\n\n- a\n\n## [0.1.0] - 2026-12-01\n\n- b\n";
        assert_eq!(section(text, "[Unreleased]"), Some("\n\n- a\n"));
        assert_eq!(section(text, "[0.1.0]"), Some(" - 2026-12-01\n\n- b\n"));
        assert_eq!(section(text, "[0.2.0]"), None);
    }
}
