//! The parameters of a verification.

use std::time::Duration;

use crate::config::invalid;
use crate::error::Result;
use crate::model::VerificationType;

/// The settings of a verification.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VerificationParams {
    /// The depth of the verification.
    pub verification_type: VerificationType,
    /// Whether to stop at the first finding.
    pub fail_fast: bool,
    /// Percentage of the row groups that a [`VerificationType::Quick`] verification decodes.
    pub sample_size: f64,
    /// Seed that selects the row groups of that sample; `None` selects them at random.
    pub seed: Option<u64>,
    /// Deadline of the operation.
    pub timeout: Option<Duration>,
}

impl Default for VerificationParams {
    fn default() -> Self {
        Self {
            verification_type: VerificationType::Checksum,
            fail_fast: true,
            sample_size: 10.0,
            seed: None,
            timeout: None,
        }
    }
}

impl VerificationParams {
    /// Returns the parameters of a verification of the presence, size and digest of every file.
    pub fn checksum() -> Self {
        Self::default()
    }

    /// Checks every limit.
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] with the first field that is outside its limit.
    pub fn validate(&self) -> Result<()> {
        if !(self.sample_size > 0.0 && self.sample_size <= 100.0) {
            return Err(invalid("sample_size", &self.sample_size.to_string(), "above 0 and at most 100 percent"));
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
    fn the_sample_is_a_percentage() {
        for bad in [0.0, -1.0, 100.1, f64::NAN] {
            let params = VerificationParams { sample_size: bad, ..VerificationParams::default() };
            assert!(params.validate().is_err(), "{bad}");
        }
        assert!(VerificationParams::default().validate().is_ok());
    }
}
