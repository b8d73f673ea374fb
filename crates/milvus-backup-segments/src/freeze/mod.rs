//! Fixes the segments that contain all rows of a point in time, while the server continues to write and compact.
//!
//! Must always hold: a set of segments that may lack a row or a delete of the moment is never returned. It is tried
//! again at a later moment instead.

mod attempt;
mod candidates;
mod expiry;
mod observation;
mod seen;
mod settle;
mod unsettled;

pub(crate) use attempt::Attempt;
pub(crate) use unsettled::Unsettled;
