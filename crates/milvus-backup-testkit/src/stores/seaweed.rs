//! `SeaweedFS` 4.48: master, volume server, filer and S3 gateway in one process.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::json;

use super::{credentials::Credentials, http};
use crate::{
    error::{Attempt, Error},
    python::Environment,
    server::{
        daemon::{Daemon, Launch},
        ports::{self, Port},
        ready,
        run_dir::RunDir,
    },
};

const NAME: &str = "SeaweedFS 4.48";
const LIMIT: Duration = Duration::from_mins(1);
/// Each process listens for HTTP and for gRPC, and each port has its option: otherwise it is derived from another one.
const PORT_OPTIONS: [&str; 8] = [
    "s3.port",
    "s3.port.grpc",
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
];
const OPTIONS: &[&str] = &[
    "-ip=127.0.0.1",
    "-ip.bind=127.0.0.1",
    "-master.telemetry=false",
    "-filer=true",
    "-s3",
    "-s3.port.iceberg=0",
    "-s3.port.lance=0",
    "-s3.autoCreateBucket=false",
];
/// The size of a volume in MiB, and the number of volumes. A bucket takes several, which are empty files at first: enough for
/// hundreds of tests.
const PLENTY: (u32, u32) = (64, 5000);

/// The number of volumes that are created at a time: by default seven for each bucket, which takes longer than a test waits
/// if the disk is busy.
const GROWTH: (&str, &str) = ("WEED_MASTER_VOLUME_GROWTH_COPY_1", "1");

/// A running `SeaweedFS` on fresh data.
#[derive(Debug)]
pub(super) struct Seaweed {
    // The drop order matters: the process before the reservation of its ports.
    daemon: Daemon,
    ports: [Port; PORT_OPTIONS.len()],
}

impl Seaweed {
    /// Starts a store with room for many tests.
    pub(super) fn start() -> Result<Self, Error> {
        Self::with_volumes(PLENTY)
    }

    /// Starts a store that rejects every write after about so many MiB.
    pub(super) fn with_room_for(mebibytes: u32) -> Result<Self, Error> {
        Self::with_volumes((mebibytes, 1))
    }

    fn with_volumes(volumes: (u32, u32)) -> Result<Self, Error> {
        ready::on_free_ports(|| Self::attempt(volumes))
    }

    fn attempt((mebibytes, count): (u32, u32)) -> Result<Self, Error> {
        let environment = Environment::seaweedfs();
        let installed = environment.install()?;
        let ports: [Port; PORT_OPTIONS.len()] = ports::reserve()?;
        let run = RunDir::new(environment.name())?;
        let directory = run.path().to_path_buf();
        let data = directory.join("data");
        fs::create_dir_all(&data).attempt(|| format!("create {}", data.display()))?;
        let mut arguments = vec![OsString::from("server"), option("dir", data.display())];
        arguments.extend(OPTIONS.iter().map(OsString::from));
        arguments.extend(PORT_OPTIONS.iter().zip(&ports).map(|(name, port)| option(name, port.number())));
        arguments.push(option("master.volumeSizeLimitMB", mebibytes));
        arguments.push(option("volume.max", count));
        arguments.push(option("s3.config", identities(&directory)?.display()));
        let program = installed.bin("weed");
        // It leaves nothing behind that a slower end would write.
        let variables = vec![(GROWTH.0.to_owned(), OsString::from(GROWTH.1))];
        let launch = Launch { program, arguments, environment: variables, directory, grace: Duration::ZERO };
        let mut daemon = Daemon::start(run, launch)?;
        let port = ports[0].number();
        // Without credentials, it lists no bucket.
        ready::wait(&mut daemon, NAME, LIMIT, || http::responds(port, &["ListAllMyBucketsResult"]))?;
        Ok(Self { daemon, ports })
    }

    /// Returns its process id.
    pub(super) fn pid(&self) -> Option<u32> {
        self.daemon.pid()
    }

    /// Returns the port of the interface of S3.
    pub(super) fn port(&self) -> u16 {
        self.ports[0].number()
    }
}

fn option(name: &str, value: impl std::fmt::Display) -> OsString {
    format!("-{name}={value}").into()
}

/// Writes the file of the users. A client without credentials may do everything to objects, since the gateway for clients
/// of Google has no signature that this store could check.
fn identities(directory: &Path) -> Result<PathBuf, Error> {
    let user = |credentials: Credentials, actions: &[&str]| {
        let (access, secret) = credentials.s3();
        json!({
            "name": access,
            "credentials": [{ "accessKey": access, "secretKey": secret }],
            "actions": actions,
        })
    };
    let users = json!({ "identities": [
        user(Credentials::Full, &["Admin", "Read", "Write", "List", "Tagging"]),
        user(Credentials::ReadOnly, &["Read", "List"]),
        { "name": "anonymous", "actions": ["Read", "Write", "List"] },
    ]});
    let path = directory.join("identities.json");
    fs::write(&path, users.to_string()).attempt(|| format!("write {}", path.display()))?;
    Ok(path)
}
