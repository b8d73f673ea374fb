//! [`Point`]: which calls something happens at.

use super::call::{Call, CallKind};

/// Which calls something happens at. They are counted from when the fault is injected.
///
/// ```
/// use milvus_backup_testkit::fakes::faults::Point;
///
/// let third_insert = Point::call("insert").nth(2);
/// let every_read_of_the_lock = Point::call("get").on("/locks/").and_all_after();
/// let fifth_side_effect = Point::effect().nth(4);
/// # let _ = (third_insert, every_read_of_the_lock, fifth_side_effect);
/// ```
#[derive(Debug, Clone)]
pub struct Point {
    name: Option<&'static str>,
    subject: Option<String>,
    kind: Option<CallKind>,
    nth: usize,
    all_after: bool,
}

impl Point {
    /// The first call of any kind.
    pub fn any() -> Self {
        Self { name: None, subject: None, kind: None, nth: 0, all_after: false }
    }

    /// The first call of this name, see [`Call::name`].
    pub fn call(name: &'static str) -> Self {
        Self { name: Some(name), ..Self::any() }
    }

    /// The first side effect.
    pub fn effect() -> Self {
        Self { kind: Some(CallKind::Effect), ..Self::any() }
    }

    /// Not the first such call, but the one after so many.
    #[must_use]
    pub fn nth(self, nth: usize) -> Self {
        Self { nth, ..self }
    }

    /// Only calls whose subjects contain this.
    #[must_use]
    pub fn on(self, part_of_subject: &str) -> Self {
        Self { subject: Some(part_of_subject.to_owned()), ..self }
    }

    /// Also all such calls that come later.
    #[must_use]
    pub fn and_all_after(self) -> Self {
        Self { all_after: true, ..self }
    }

    pub(super) fn matches(&self, call: &Call) -> bool {
        self.name.is_none_or(|name| name == call.name)
            && self.kind.is_none_or(|kind| kind == call.kind)
            && self.subject.as_ref().is_none_or(|part| call.subject.contains(part.as_str()))
    }

    /// Whether it is the call after `before` others that match.
    pub(super) fn is_at(&self, before: usize) -> bool {
        before == self.nth || (self.all_after && before > self.nth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &'static str, subject: &str, kind: CallKind) -> Call {
        Call { name, subject: subject.to_owned(), kind }
    }

    #[test]
    fn a_point_names_calls_by_what_they_are() {
        let (insert, list) = (call("insert", "films", CallKind::Effect), call("list", "a/locks", CallKind::Read));
        assert!(Point::any().matches(&insert) && Point::any().matches(&list));
        assert!(Point::call("insert").matches(&insert) && !Point::call("insert").matches(&list));
        assert!(Point::effect().matches(&insert) && !Point::effect().matches(&list));
        assert!(Point::call("list").on("/locks").matches(&list) && !Point::call("list").on("films").matches(&list));
    }

    #[test]
    fn calls_are_counted_from_the_first() {
        let hits = |point: Point| (0..4).filter(|before| point.is_at(*before)).collect::<Vec<_>>();
        assert_eq!(hits(Point::any()), [0]);
        assert_eq!(hits(Point::any().nth(2)), [2]);
        assert_eq!(hits(Point::any().nth(1).and_all_after()), [1, 2, 3]);
    }
}
