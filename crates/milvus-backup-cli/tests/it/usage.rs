//! Mistakes on the command line: exit code 2, what is wrong, what is allowed, and nothing on standard output.

use crate::command::Sandbox;

#[test]
fn mistakes() {
    let sandbox = Sandbox::empty();
    let transcripts = [
        &["--quiet"][..],
        &["creat", "films"],
        &["create"],
        &["create", "films", "--levl", "3"],
        &["create", "films", "--level", "0"],
        &["create", "films", "--level", "fast"],
        &["create", "films", "--chunk-size", "0"],
        &["create", "films", "--chunk-size", "1.5GB"],
        &["create", "films", "--checksum", "crc32"],
        &["create", "films", "--compression", "lzma"],
        &["create", "films", "--load", "perhaps"],
        &["create", "films", "--timeout", "1w"],
        &["create", "films", "--concurrency", "0"],
        &["create", "films", "--name", ""],
        &["create", ""],
        &["restore", "20261122T073015Z-4f9c2a7e", "--to", "a\tb"],
        &["restore", "20261122T073015Z-4f9c2a7e", "--to", "../x"],
        &["restore", "20261122T073015Z-4f9c2a7e", "--to", "a/b"],
        &["verify", "20261122T073015Z-4f9c2a7e", "--sample", "0"],
        &["verify", "20261122T073015Z-4f9c2a7e", "--sample", "101"],
        &["delete"],
        &["copy", "--to", "other"],
        &["verify", "@latest"],
        &["copy", "films@latest"],
        &["copy", "films@latest", "--all", "--to", "other"],
        &["copy", "--all", "--to", "other", "--bandwidth", "0"],
        &["copy", "--all", "--to", "other", "--concurrency", "0"],
        &["prune", "--keep-count", "-1"],
        &["prune", "--min-rows-ratio", "1.5"],
        &["prune", "--keep-within", "1w"],
        &["prune", "--keep-tag", "a,,b"],
        &["prune", "--time-zone", "Europe/Berln"],
        &["prune", "--incomplete", "--keep-daily", "7"],
        &["pin"],
        &["unpin"],
        &["list", "--config", "keep.toml"],
        &["list", "--storage", "tape"],
        &["list", "--root", ""],
        &["list", "--config", "broken.toml"],
    ];
    std::fs::write(sandbox.path("broken.toml"), "retention_day = 7\n").unwrap();
    std::fs::write(sandbox.path("keep.toml"), "[keep]\ntime_zone = \"Europe/Berln\"\n").unwrap();
    let mut all = Vec::new();
    for arguments in transcripts {
        let printed = sandbox.run(arguments);
        assert_eq!((printed.exit_code, printed.stdout.as_str()), (2, ""), "{arguments:?}: {}", printed.stderr);
        all.push(sandbox.transcript(arguments));
    }
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_mistake_as_a_document() {
    insta::assert_snapshot!(Sandbox::empty().transcript(&["create", "films", "--level", "0", "--json"]));
}

#[test]
fn global_options_may_come_first_or_last() {
    let sandbox = Sandbox::golden();
    let last = sandbox.run(&["list", "--json"]).stdout;
    assert!(last.starts_with('['), "{last}");
    assert_eq!(sandbox.run(&["--json", "list"]).stdout, last);
}

/// Flags over environment over configuration file over defaults.
#[test]
fn a_flag_beats_the_environment_and_that_the_file() {
    let sandbox = Sandbox::golden();
    std::fs::write(sandbox.path("milvus-br.toml"), "local_backup_root_path = \"of_the_file\"\nretention_count = 1\n")
        .unwrap();
    // The environment of the sandbox names `root`.
    assert!(sandbox.run(&["list"]).stdout.contains("golden"));
    assert_eq!(sandbox.run(&["list", "--root", "of_the_flag"]).stdout, "no backups\n");
    let pruned = sandbox.run(&["prune", "--keep-days", "0", "--min-keep", "0", "--dry-run"]).stdout;
    assert!(pruned.contains("(keep 1)"), "the file's retention_count holds: {pruned}");
}
