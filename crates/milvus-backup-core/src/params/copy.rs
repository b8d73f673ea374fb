//! The parameters of a copy of backups to another repository.

use std::time::Duration;

use crate::config::invalid;
use crate::error::Result;

/// The settings of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopyParams {
    /// Maximum number of bytes that are copied per second; `None` for no limit.
    pub bandwidth: Option<u64>,
    /// Number of files that are copied concurrently. Each of them holds up to about 50 MB in memory, more if the file is
    /// larger than 70 GB.
    pub concurrency: usize,
    /// Deadline of the copy of each backup; `None` for the one of a create.
    pub timeout: Option<Duration>,
}

impl Default for CopyParams {
    fn default() -> Self {
        Self { bandwidth: None, concurrency: 4, timeout: None }
    }
}

impl CopyParams {
    /// Limits the number of bytes that are copied per second.
    #[must_use]
    pub fn with_bandwidth(self, bytes_per_second: u64) -> Self {
        Self { bandwidth: Some(bytes_per_second), ..self }
    }

    /// Checks every limit.
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] with the first field that is outside its limit.
    pub fn validate(&self) -> Result<()> {
        if self.bandwidth == Some(0) {
            return Err(invalid("bandwidth", "0", "at least 1 byte per second"));
        }
        if self.concurrency == 0 || self.concurrency > 64 {
            return Err(invalid("concurrency", &self.concurrency.to_string(), "from 1 to 64"));
        }
        if self.timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err(invalid("timeout", "0", "greater than 0 seconds"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_checked() {
        assert!(CopyParams::default().with_bandwidth(1).validate().is_ok());
        let others = [
            CopyParams::default().with_bandwidth(0),
            CopyParams { concurrency: 0, ..CopyParams::default() },
            CopyParams { concurrency: 65, ..CopyParams::default() },
            CopyParams { timeout: Some(Duration::ZERO), ..CopyParams::default() },
        ];
        for params in others {
            assert!(params.validate().is_err(), "{params:?}");
        }
    }
}
