//! [`Family`]: the samples of one metric, and their text.

use std::fmt::Write;

/// The kinds of metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A value that goes up and down.
    Gauge,
    /// A number that only grows.
    Counter,
}

/// The samples of one metric.
#[derive(Debug)]
pub(super) struct Family {
    name: &'static str,
    help: &'static str,
    kind: Kind,
    samples: Vec<(Vec<(&'static str, String)>, f64)>,
}

impl Family {
    pub(super) fn gauge(name: &'static str, help: &'static str) -> Self {
        Self { name, help, kind: Kind::Gauge, samples: Vec::new() }
    }

    pub(super) fn counter(name: &'static str, help: &'static str) -> Self {
        Self { name, help, kind: Kind::Counter, samples: Vec::new() }
    }

    /// Adds a sample with its labels.
    pub(super) fn add(&mut self, labels: &[(&'static str, &str)], value: f64) {
        let labels = labels.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.samples.push((labels, value));
    }
}

/// Returns the text of all families that have samples.
pub(super) fn text<'a>(families: impl IntoIterator<Item = &'a Family>) -> String {
    let mut text = String::new();
    for family in families.into_iter().filter(|family| !family.samples.is_empty()) {
        let (name, kind) = (family.name, if family.kind == Kind::Gauge { "gauge" } else { "counter" });
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# HELP {name} {}\n# TYPE {name} {kind}", family.help);
        for (labels, value) in &family.samples {
            let labels = labels.iter().map(|(label, value)| format!("{label}=\"{}\"", escaped(value)));
            let labels = labels.collect::<Vec<_>>().join(",");
            let labels = if labels.is_empty() { labels } else { format!("{{{labels}}}") };
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    }
    text
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Returns a number of rows, bytes or seconds as a sample.
#[expect(clippy::cast_precision_loss, reason = "samples are floating-point numbers")]
pub(super) fn sample(value: u64) -> f64 {
    value as f64
}

/// Returns a time as seconds since 1970.
pub(super) fn seconds(moment: jiff::Timestamp) -> f64 {
    moment.as_duration().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped_and_empty_families_are_left_out() {
        let mut gauge = Family::gauge("milvus_br_test", "A test.");
        gauge.add(&[("collection", "a\"b\\c\nd"), ("root", "/x")], 1.5);
        let none = Family::counter("milvus_br_none_total", "None.");
        let mut counter = Family::counter("milvus_br_runs_total", "Runs.");
        counter.add(&[], 3.0);
        assert_eq!(
            text([&gauge, &none, &counter]),
            "# HELP milvus_br_test A test.\n# TYPE milvus_br_test gauge\n\
             milvus_br_test{collection=\"a\\\"b\\\\c\\nd\",root=\"/x\"} 1.5\n\
             # HELP milvus_br_runs_total Runs.\n# TYPE milvus_br_runs_total counter\nmilvus_br_runs_total 3\n"
        );
    }
}
