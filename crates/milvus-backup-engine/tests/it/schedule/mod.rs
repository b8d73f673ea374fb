//! Schedules: ten years of them in seconds, what one run does, and which backups are verified next.

mod rotation;
mod runs;
mod ten_years;
