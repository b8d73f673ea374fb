//! The object stores of the kit and the proxy before them, seen with the client that the product uses too.

#![expect(clippy::disallowed_methods, reason = "requests are timed by the clock of the machine")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod kinds;
mod opened;
mod proxy;
