#!/usr/bin/env bash
#
# DataFusion 55: a NaN disappears from comparisons and from max() when its rows are read from Parquet, even from a file
# that DataFusion wrote itself.
#
# The guess: a query has the same answer for the same rows, in memory or in a file. DataFusion puts NaN above all
# numbers, so `f > 3` finds it and max(f) is NaN; statistics of a file only save work.
#
# What happens: the Parquet format leaves NaN out of the minimum and maximum of a column. DataFusion takes these for the
# bounds of all values, in its own order, in which NaN is the largest. So for a row group of 1.0, NaN, 0.5 and 2.0 it
# skips everything for `f > 3` and for `f = 'NaN'`, and answers max(f) with 2.0. isnan(f) still finds the row. In the
# same file without statistics everything is found.
#
# Why it matters to backups: a backup in Parquet is checked and searched with other tools, and here the same tool gives
# different answers for a table and for its faithful copy, so that a correct backup seems to have lost rows.
#
# What we do about it: our data files have no statistics of floating-point columns, a restore reads whole columns, and
# verification compares bits, NaN included.
#
# Needs python3. Takes less than a minute.

set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "Installing datafusion 55.0.0 and pyarrow 26.0.1 ..."
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check datafusion==55.0.0 pyarrow==26.0.1

cat >"$work/finding.py" <<'PYTHON'
import math
import sys
from importlib.metadata import version

import pyarrow
import pyarrow.parquet
from datafusion import SessionContext

FILTERS = ["f > 3", "f = CAST('NaN' AS DOUBLE)", "isnan(f)"]
ROWS = pyarrow.table({"id": [1, 2, 3, 4], "f": [1.0, math.nan, 0.5, 2.0]})


def answers(context, table):
    """The ids that each filter finds, and the maximum."""
    found = [context.sql(f"SELECT id FROM {table} WHERE {expression}").to_pydict()["id"] for expression in FILTERS]
    return found, context.sql(f"SELECT max(f) AS m FROM {table}").to_pydict()["m"][0]


context = SessionContext()
context.from_arrow(ROWS, "in_memory")
for table, statistics in [("in_file", "chunk"), ("without_statistics", "none")]:
    path = f"{sys.argv[1]}/{table}.parquet"
    options = f"OPTIONS ('format.statistics_enabled' '{statistics}')"
    context.sql(f"COPY in_memory TO '{path}' STORED AS PARQUET {options}").collect()
    context.register_parquet(table, path)

metadata = pyarrow.parquet.ParquetFile(f"{sys.argv[1]}/in_file.parquet").metadata
statistics = metadata.row_group(0).column(1).statistics
print(f"datafusion {version('datafusion')}, pyarrow {version('pyarrow')}")
print(f"rows (id, f): {list(zip(*ROWS.to_pydict().values()))}")
print(f"the file: created by {metadata.created_by}; minimum {statistics.min}, maximum {statistics.max}")
print("guess: the same answers everywhere, the ids [2] and NaN")
print("seen:")
seen = {table: answers(context, table) for table in ["in_memory", "in_file", "without_statistics"]}
for table, (found, largest) in seen.items():
    told = "; ".join(f"{expression}: {ids}" for expression, ids in zip(FILTERS, found))
    print(f"  {table:18} {told}; max(f): {largest}")

right = [found == [[2], [2], [2]] and math.isnan(largest) for found, largest in seen.values()]
if right != [True, False, True] or seen["in_file"] != ([[], [], [2]], 2.0):
    sys.exit("NOT AS DESCRIBED: DataFusion gives the same answers for the file, or other ones for the table")
print("as described")
PYTHON

nice -n 10 "$work/venv/bin/python" "$work/finding.py" "$work"
