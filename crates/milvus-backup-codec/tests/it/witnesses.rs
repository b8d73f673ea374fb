//! The tools of each format read what we wrote, and we read what they wrote. A tool that is not installed is no witness.

use std::io::Write;
use std::process::{Command, Stdio};

use milvus_backup_codec::{Codec, CompressionHandler, Level};

/// `data` through the tool, `None` where it is not installed.
fn through(codec: Codec, flags: &[&str], data: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new(codec.to_string())
        .args(flags)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .inspect_err(|error| eprintln!("no witness for {codec}: {error}"))
        .ok()?;
    let mut stdin = child.stdin.take().unwrap();
    let data = data.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&data));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{codec} {flags:?}");
    Some(output.stdout)
}

#[test]
fn the_tools_agree() {
    let data: Vec<u8> = (0..500_000_u32).flat_map(|i| (i % 3000).to_le_bytes()).collect();
    for codec in Codec::ALL {
        let handler = CompressionHandler::with_codec(codec, Level::default());
        let ours = handler.compress_data(&data).unwrap();
        if let Some(read) = through(codec, &["-d", "-c"], &ours) {
            assert!(read == data, "{codec} reads ours");
        }
        if let Some(theirs) = through(codec, &["-c"], &data) {
            assert!(handler.decompress_data(&theirs, u64::MAX).unwrap() == data, "{codec}: we read theirs");
        }
    }
}
