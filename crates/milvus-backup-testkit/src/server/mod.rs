//! Real Milvus servers on free ports of 127.0.0.1.
//!
//! Each runs in a separate process group and directory and ends with its value: on drop, and also if the process that
//! started it is killed with SIGKILL, because a small keeper shell detects that our end of a pipe is closed.

mod any;
pub(crate) mod daemon;
mod kind;
mod layout;
mod lite;
mod options;
pub(crate) mod ports;
pub(crate) mod ready;
pub(crate) mod run_dir;
mod shared;
mod standalone;
mod tls;

pub use any::Server;
pub use kind::ServerKind;
pub use lite::{Lite, LiteVersion};
pub use options::StandaloneOptions;
pub use shared::shared;
pub use standalone::Standalone;
pub use tls::{Identity, Tls};
