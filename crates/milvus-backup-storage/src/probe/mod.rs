//! Whether a store keeps the promises on which commits and locks rely.
//!
//! Some services accept a conditional put and ignore its condition. Two backups at once can then destroy each other, and
//! nothing reports it. The probe finds this out with objects of its own, which it removes.

mod abandoned;
mod report;
mod run;
#[cfg(test)]
mod tests;

pub use report::{Check, Outcome, ProbeExtent, ProbeReport, Promise};
