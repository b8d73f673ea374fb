//! The rules of retention that keep backups by calendar, age and tag, as they are configured.

mod duration;
mod rules;
mod tags;
mod time_zone;

pub use duration::CalendarDuration;
pub use rules::KeepRules;
pub use tags::TagSet;
pub use time_zone::TimeZoneName;
