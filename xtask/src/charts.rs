//! `cargo xtask charts`: the pictures of `docs/performance.md`, drawn from the table in it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use crate::error::{Error, Result};
use crate::terminal::say;
use crate::workspace;

/// The rows of the table that have a bar, by the first column, and how the bar is called.
type Bars = &'static [(&'static str, &'static str)];

struct Chart {
    file: &'static str,
    title: &'static str,
    /// The column of the table, and the unit of its numbers.
    column: (&'static str, &'static str),
    bars: Bars,
}

const CHARTS: [Chart; 4] = [
    Chart {
        file: "speed.svg",
        title: "Rows of 768 dimensions, 500,000 of them (longer is better)",
        column: ("MB/s", "MB/s"),
        bars: &[
            ("scan large", "scan that drops the rows"),
            ("create large", "create"),
            ("insert large", "insert from memory"),
            ("restore large", "restore"),
        ],
    },
    Chart {
        file: "pymilvus.svg",
        title: "The same beside pymilvus, 30,000 rows (longer is better)",
        column: ("MB/s", "MB/s"),
        bars: &[
            ("create few", "create"),
            ("pymilvus few", "query_iterator and pyarrow"),
            ("restore few", "restore"),
            ("pymilvus-insert few", "insert with pymilvus"),
        ],
    },
    Chart {
        file: "cpu.svg",
        title: "CPU of the client (shorter is better)",
        column: ("CPU s per GB", "s per GB"),
        bars: &[
            ("scan large", "scan that drops the rows"),
            ("create large", "create"),
            ("verify large", "verify"),
            ("restore large", "restore"),
            ("pymilvus few", "query_iterator and pyarrow"),
            ("pymilvus-insert few", "insert with pymilvus"),
        ],
    },
    Chart {
        file: "memory.svg",
        title: "Largest memory at a tenth of the rows and at all of them",
        column: ("peak MiB", "MiB"),
        bars: &[
            ("create small", "create, 50,000 rows"),
            ("create large", "create, 500,000 rows"),
            ("restore small", "restore, 50,000 rows"),
            ("restore large", "restore, 500,000 rows"),
            ("verify small", "verify, 50,000 rows"),
            ("verify large", "verify, 500,000 rows"),
        ],
    },
];

/// Measures of a picture, in pixels.
const WIDTH: f64 = 720.0;
const LEFT: f64 = 210.0;
const RIGHT: f64 = 110.0;
const TOP: f64 = 44.0;
const STEP: f64 = 30.0;

/// Draws all pictures into `docs/images`.
pub(crate) fn run() -> Result<()> {
    let root = workspace::root();
    for (file, picture) in pictures(root)? {
        let path = root.join("docs/images").join(file);
        std::fs::write(&path, picture).map_err(Error::io("write a picture"))?;
        say(format_args!("{}", path.display()));
    }
    Ok(())
}

fn pictures(root: &Path) -> Result<Vec<(&'static str, String)>> {
    let text = std::fs::read_to_string(root.join("docs/performance.md")).map_err(Error::io("read a document"))?;
    let table = Table::find(&text);
    CHARTS.iter().map(|chart| Ok((chart.file, draw(chart, &table)?))).collect()
}

/// The numbers of the first table of a document.
struct Table {
    columns: Vec<String>,
    rows: BTreeMap<String, Vec<String>>,
}

impl Table {
    fn find(text: &str) -> Self {
        let lines = text.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
        let mut rows = lines.map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect());
        let columns = rows.next().unwrap_or_default();
        let rows = rows.map(|row: Vec<String>| (row.first().cloned().unwrap_or_default(), row)).collect();
        Self { columns, rows }
    }

    fn number(&self, row: &str, column: &str) -> Option<f64> {
        let index = self.columns.iter().position(|name| name == column)?;
        self.rows.get(row)?.get(index)?.parse().ok()
    }
}

/// A bar for each row, with its name on the left and its number at its end.
fn draw(chart: &Chart, table: &Table) -> Result<String> {
    let (column, unit) = chart.column;
    let numbers = chart.bars.iter().map(|(row, name)| {
        let missing = || Error::Usage(format!("docs/performance.md has no `{column}` of `{row}`"));
        Ok((*name, table.number(row, column).ok_or_else(missing)?))
    });
    let numbers = numbers.collect::<Result<Vec<(&str, f64)>>>()?;
    let largest = numbers.iter().map(|(_, number)| *number).fold(f64::MIN_POSITIVE, f64::max);
    let mut rows = String::new();
    let mut y = TOP;
    for (name, number) in &numbers {
        let length = (WIDTH - LEFT - RIGHT) * number / largest;
        let (text, end) = (y + 15.0, LEFT + length + 6.0);
        let _ = writeln!(
            rows,
            "<text x=\"{:.0}\" y=\"{text:.0}\" text-anchor=\"end\">{name}</text>\n\
             <rect x=\"{LEFT:.0}\" y=\"{y:.0}\" width=\"{length:.0}\" height=\"20\" fill=\"#3b6ea5\"/>\n\
             <text x=\"{end:.0}\" y=\"{text:.0}\">{number} {unit}</text>",
            LEFT - 8.0
        );
        y += STEP;
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH:.0} {y:.0}\" font-family=\"sans-serif\" \
         font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"16\" y=\"26\" \
         font-size=\"15\" font-weight=\"bold\">{}</text>\n{rows}</svg>\n",
        chart.title
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_those_of_the_table() {
        let root = workspace::root();
        for (file, picture) in pictures(root).unwrap() {
            let drawn = std::fs::read_to_string(root.join("docs/images").join(file)).unwrap();
            assert!(drawn == picture, "{file} is not that of docs/performance.md: run `cargo xtask charts`");
        }
    }

    #[test]
    fn numbers_are_found_by_row_and_column() {
        let table = Table::find("text\n| what | MB/s |\n|---|---|\n| scan | 12.5 |\n\n| other | 1 |\n");
        assert_eq!(table.number("scan", "MB/s"), Some(12.5));
        assert_eq!(table.number("scan", "seconds"), None);
        assert_eq!(table.number("other", "MB/s"), None);
    }
}
