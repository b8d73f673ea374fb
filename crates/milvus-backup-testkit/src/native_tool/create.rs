//! The command `create`.

use std::path::Path;
use std::time::Duration;

use rustix::process::{Signal, getpid, kill_process};

use super::arguments::Arguments;
use super::configuration::Configuration;
use super::copied::{Log, Segment};
use super::fault::ToolFault;
use super::meta::Described;
use super::server::Server;

/// Writes a backup of the collection that the arguments name.
pub(super) async fn create(
    arguments: &Arguments,
    configuration: &Configuration,
    fault: Option<ToolFault>,
) -> Result<(), String> {
    let (database, collection) = arguments.collection().ok_or("filter: invalid filter rule")?;
    let name = arguments.value("name");
    let directory = configuration.backup_root.join(name);
    if directory.exists() {
        return Err(format!("backup: backup with name {name} already exist"));
    }
    if fault == Some(ToolFault::WritesNothing) {
        return Ok(());
    }
    let mut server = Server::connect(&configuration.uri, configuration.token.as_deref(), database).await?;
    let version = server.version().await?;
    let described = server.describe(collection).await?;
    let described =
        described.ok_or_else(|| format!("backup: filter collection {database}.{collection} not found in milvus"))?;
    let sealed_at = server.flush(collection).await?;
    let live = server.segments(collection).await?;
    let listed: Result<Vec<Segment>, String> =
        live.iter().map(|segment| Segment::list(&configuration.milvus_root, segment)).collect();
    let segments = altered(listed?, fault);
    copy(&segments, &directory, fault).await?;
    let meta = Described {
        name: name.to_owned(),
        version,
        partitions: server.partitions(collection).await?,
        indexes: server.indexes(collection).await?,
        load_state: server.load_state(collection).await?,
        sealed_at,
        collection: described,
        segments,
    };
    meta.write(&directory.join("meta"))
}

/// Returns the segments as a fault has them written.
fn altered(mut segments: Vec<Segment>, fault: Option<ToolFault>) -> Vec<Segment> {
    match fault {
        Some(ToolFault::LeavesSegmentOut) => drop(segments.pop()),
        Some(ToolFault::WritesNoRows) => {
            for segment in &mut segments {
                segment.inserts.clear();
                segment.deletes.clear();
            }
        }
        Some(ToolFault::CountsWrong) => {
            if let Some(last) = segments.last_mut() {
                last.rows -= 1;
            }
        }
        _ => {}
    }
    segments
}

/// Copies all logs; half of them if a fault ends the copy.
async fn copy(segments: &[Segment], directory: &Path, fault: Option<ToolFault>) -> Result<(), String> {
    let logs: Vec<&Log> = segments.iter().flat_map(Segment::logs).collect();
    let mut last = None;
    for (number, log) in logs.iter().enumerate() {
        if number >= logs.len() / 2 {
            match fault {
                Some(ToolFault::HangsInCreate) => hang().await,
                Some(ToolFault::DiesInCreate) => {
                    kill_process(getpid(), Signal::KILL).map_err(|error| error.to_string())?;
                }
                Some(ToolFault::DiskFull) => {
                    let copy = "backup: backup segments storage: local copy object copy file";
                    return Err(format!("{copy} no space left on device"));
                }
                _ => {}
            }
        }
        last = Some((log.copy(directory)?, log.size));
    }
    if let (Some((path, size)), Some(ToolFault::CutsLog)) = (last, fault) {
        let cut = std::fs::OpenOptions::new().write(true).open(path).and_then(|file| file.set_len(size - 1));
        cut.map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Waits until the process is killed.
pub(super) async fn hang() {
    loop {
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
}
