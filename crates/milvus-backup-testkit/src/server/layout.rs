//! The files and variables of one standalone Milvus: every port is changed, including those of the embedded etcd.

use std::{
    ffi::OsString,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::json;

use super::{daemon::Launch, options::StandaloneOptions, ports::Port};
use crate::{
    command,
    error::{Attempt, Error},
    python::Installed,
};

/// The template keys of `milvus.yaml`, in the order of the first ports of a server.
const PORT_KEYS: [&str; 10] = [
    "proxy_port",
    "proxy_internal_port",
    "root_coord_port",
    "query_coord_port",
    "query_node_port",
    "index_coord_port",
    "index_node_port",
    "data_coord_port",
    "data_node_port",
    "etcd_port",
];
/// Number of ports of a server: those of the keys, then etcd's for its peers, then the one of metrics and health.
pub(super) const PORTS: usize = PORT_KEYS.len() + 2;
const ROLES: [&str; 7] = ["ROOTCOORD", "PROXY", "QUERYCOORD", "QUERYNODE", "INDEXNODE", "DATACOORD", "DATANODE"];
const GRACE: Duration = Duration::from_secs(1);
const CONFIGURE: &str = include_str!("../../scripts/configure_milvus.py");

/// The ports of one server, by purpose.
#[derive(Debug)]
pub(super) struct Ports {
    all: [Port; PORTS],
}

impl Ports {
    pub(super) fn reserve() -> Result<Self, Error> {
        Ok(Self { all: super::ports::reserve()? })
    }

    pub(super) fn proxy(&self) -> u16 {
        self.all[0].number()
    }

    pub(super) fn etcd(&self) -> u16 {
        self.all[PORTS - 3].number()
    }

    fn etcd_peer(&self) -> u16 {
        self.all[PORTS - 2].number()
    }

    pub(super) fn metrics(&self) -> u16 {
        self.all[PORTS - 1].number()
    }
}

/// Returns the directory of the server's data, below its base directory.
pub(super) fn data_dir(base: &Path) -> PathBuf {
    base.join("data")
}

/// Creates the files of the base directory and returns the command line of the server in it.
pub(super) fn prepare(
    installed: &Installed,
    base: &Path,
    ports: &Ports,
    options: &StandaloneOptions,
) -> Result<Launch, Error> {
    fs::create_dir_all(base).attempt(|| format!("create {}", base.display()))?;
    let unpacked = installed.path().join("milvus").join("bin");
    symlink(&unpacked, base.join("bin")).attempt(|| format!("link {}", unpacked.display()))?;
    let etcd = base.join("etcd.yaml");
    fs::write(&etcd, etcd_config(ports)).attempt(|| format!("write {}", etcd.display()))?;
    configure(installed, base, ports)?;
    let mut environment = variables(base, ports);
    environment.extend(options.variables().into_iter().map(|(name, value)| (name, value.into())));
    Ok(Launch {
        program: unpacked.join("milvus"),
        arguments: vec!["run".into(), "standalone".into()],
        environment,
        directory: base.to_path_buf(),
        grace: GRACE,
    })
}

fn configure(installed: &Installed, base: &Path, ports: &Ports) -> Result<(), Error> {
    let numbers = PORT_KEYS.iter().zip(&ports.all).map(|(key, port)| ((*key).to_owned(), port.number().into()));
    let ports: serde_json::Map<String, serde_json::Value> = numbers.collect();
    let mut python = Command::new(installed.python());
    python.args(["-c", CONFIGURE]);
    let wanted = json!({ "base": base, "ports": ports }).to_string();
    command::run(python, wanted.as_bytes(), Duration::from_mins(1)).map(drop)
}

fn variables(base: &Path, ports: &Ports) -> Vec<(String, OsString)> {
    let path = |name: &str| base.join(name).into_os_string();
    let mut all: Vec<(String, OsString)> = vec![
        ("DEPLOY_MODE".to_owned(), "STANDALONE".into()),
        ("METRICS_PORT".to_owned(), ports.metrics().to_string().into()),
        ("MILVUS_RUN_DIR".to_owned(), path("run")),
        ("MILVUSCONF".to_owned(), path("configs")),
        ("LD_LIBRARY_PATH".to_owned(), path("bin")),
        ("ETCD_CONFIG_PATH".to_owned(), path("etcd.yaml")),
        ("ETCD_USE_EMBED".to_owned(), "true".into()),
        ("ETCD_DATA_DIR".to_owned(), data_dir(base).join("etcd.data").into_os_string()),
        // The sessions of a killed server delay the next one until they expire.
        ("COMMON_SESSION_TTL".to_owned(), "5".into()),
    ];
    all.extend(ROLES.iter().map(|role| (format!("{role}_IP"), "127.0.0.1".into())));
    all
}

fn etcd_config(ports: &Ports) -> String {
    let client = format!("http://127.0.0.1:{}", ports.etcd());
    let peer = format!("http://127.0.0.1:{}", ports.etcd_peer());
    format!(
        "name: default\nlisten-client-urls: {client}\nadvertise-client-urls: {client}\nlisten-peer-urls: {peer}\n\
         initial-advertise-peer-urls: {peer}\ninitial-cluster: default={peer}\n"
    )
}
