# Reads a backup with DuckDB, as anyone would: how many rows there are, and the first of them.
# given: {"files": GLOB, "sql": QUERY}
import json

import duckdb

total = duckdb.sql(f"SELECT count(*) FROM '{given['files']}'").fetchone()[0]
print(json.dumps({"total": total, "table": str(duckdb.sql(given["sql"]))}))
