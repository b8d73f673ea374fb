//! Starts a server of the kind named on the command line, prints its URI and process id as one line of JSON, and holds
//! it until standard input ends. Good for a look at a server by hand; the tests kill it to see that nothing is left.

use std::{error::Error, io::Read as _, time::Instant};

use milvus_backup_testkit::{Server, ServerKind};
use serde_json::json;

#[expect(clippy::disallowed_methods, reason = "the start is measured in the time of the machine")]
#[expect(clippy::print_stdout, reason = "its output is what it is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let kind = match std::env::args().nth(1).as_deref() {
        Some("milvus-2.3.5") => ServerKind::Milvus235,
        Some("lite-3.2.2") => ServerKind::Lite322,
        Some("lite-2.5.1") => ServerKind::Lite251,
        _ => return Err("usage: serve milvus-2.3.5|lite-3.2.2|lite-2.5.1".into()),
    };
    let started = Instant::now();
    let server = Server::start(kind)?;
    println!(
        "{}",
        json!({
            "uri": server.uri(),
            "pid": server.pid(),
            "data_dir": server.data_dir(),
            "seconds": started.elapsed().as_secs_f64(),
        })
    );
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
