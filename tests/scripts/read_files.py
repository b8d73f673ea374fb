# What four readers say of the same rows: pyarrow, DuckDB and Polars of data/*.parquet, pymilvus of the collection.
# Given {"uri", "collection", "data": DIRECTORY, "keys": [...]}; prints {READER: {...}}.
import math
import os

import duckdb
import polars
import pyarrow.compute as pc
import pyarrow.dataset
from pymilvus import MilvusClient

FILES = given["data"] + "/*.parquet"
KEYS = given["keys"]
FIELDS = ["key", "flag", "tiny", "small", "medium", "large", "single", "gloss", "words", "counts", "answers", "weights",
          "vector", "precise", "facts", "$meta"]


def sample(rows):
    """The rows of the sampled keys, floating-point numbers as their bits."""
    assert len(rows) == len(KEYS), f"{len(rows)} of {len(KEYS)} rows"
    return [comparable(row) for row in sorted(rows, key=lambda row: row["key"])]


def comparable(row):
    row = dict(row)
    for name in ("facts", "$meta"):
        if isinstance(row[name], str | bytes):
            row[name] = json.loads(row[name])
    row["single"] = float_bits(row["single"])
    row["precise"] = double_bits(row["precise"])
    row["weights"] = [double_bits(value) for value in row["weights"]]
    row["vector"] = [float_bits(value) for value in row["vector"]]
    return {name: list(row[name]) if name in ("words", "counts", "answers") else row[name] for name in FIELDS}


def by_pyarrow():
    # As a directory: files whose names begin with "_" would be passed over.
    table = pyarrow.dataset.dataset(os.path.dirname(FILES), format="parquet").to_table()
    lengths = {name: pc.sum(pc.list_value_length(table[name])).as_py() for name in ("words", "counts", "vector")}
    chosen = table.filter(pc.is_in(table["key"], pyarrow.array(KEYS, pyarrow.int64())))
    return {
        "rows": table.num_rows,
        "keys": [pc.min(table["key"]).as_py(), pc.max(table["key"]).as_py()],
        "small": pc.sum(table["small"]).as_py(),
        "medium": pc.sum(table["medium"]).as_py(),
        "flags": pc.sum(table["flag"]).as_py(),
        "empty": pc.sum(pc.equal(table["gloss"], "")).as_py(),
        "characters": pc.sum(pc.utf8_length(table["gloss"])).as_py(),
        "nan": pc.sum(pc.is_nan(table["precise"])).as_py(),
        "lengths": lengths,
        "sample": sample(chosen.to_pylist()),
    }


def by_duckdb():
    duckdb.sql(f"create view t as select * from read_parquet('{FILES}')")
    names = ["rows", "lowest", "highest", "small", "medium", "flags", "empty", "characters", "nan", "words", "counts", "vector"]
    one = dict(zip(names, duckdb.sql("""
        select count(*), min(key), max(key), sum(small), sum(medium), count(*) filter (flag),
               count(*) filter (gloss = ''), sum(length(gloss)), count(*) filter (isnan(precise)),
               sum(len(words)), sum(len(counts)), sum(len(vector)) from t""").fetchone()))
    relation = duckdb.sql(f"select * from t where key in ({', '.join(map(str, KEYS))})")
    rows = [dict(zip(relation.columns, row)) for row in relation.fetchall()]
    return {
        **{name: int(one[name]) for name in ("rows", "small", "medium", "flags", "empty", "characters", "nan")},
        "keys": [one["lowest"], one["highest"]],
        "lengths": {name: int(one[name]) for name in ("words", "counts", "vector")},
        "sample": sample(rows),
    }


def by_polars():
    col = polars.col
    frame = polars.scan_parquet(FILES)
    one = frame.select(
        rows=polars.len(), lowest=col("key").min(), highest=col("key").max(), small=col("small").cast(polars.Int64).sum(),
        medium=col("medium").cast(polars.Int64).sum(), flags=col("flag").sum(), empty=(col("gloss") == "").sum(),
        characters=col("gloss").str.len_chars().sum(), nan=col("precise").is_nan().sum(),
        words=col("words").list.len().sum(), counts=col("counts").list.len().sum(), vector=col("vector").list.len().sum(),
    ).collect().to_dicts()[0]
    return {
        **{name: one[name] for name in ("rows", "small", "medium", "flags", "empty", "characters", "nan")},
        "keys": [one["lowest"], one["highest"]],
        "lengths": {name: one[name] for name in ("words", "counts", "vector")},
        "sample": sample(frame.filter(col("key").is_in(KEYS)).collect().to_dicts()),
    }


def by_pymilvus():
    client = MilvusClient(given["uri"])
    rows = []
    for span in ("key <= 0", "key > 0"):
        rows += client.query(given["collection"], filter=span, output_fields=[*FIELDS[:-1], "$meta"], consistency_level="Strong")
    declared = set(FIELDS)
    for row in rows:
        # pymilvus spreads the keys outside the schema over the row.
        row["$meta"] = {name: row[name] for name in row if name not in declared}
    return {
        "rows": len(rows),
        "keys": [min(row["key"] for row in rows), max(row["key"] for row in rows)],
        "small": sum(row["small"] for row in rows),
        "medium": sum(row["medium"] for row in rows),
        "flags": sum(row["flag"] for row in rows),
        "empty": sum(row["gloss"] == "" for row in rows),
        "characters": sum(len(row["gloss"]) for row in rows),
        "nan": sum(math.isnan(row["precise"]) for row in rows),
        "lengths": {name: sum(len(row[name]) for row in rows) for name in ("words", "counts", "vector")},
        "sample": sample([row for row in rows if row["key"] in KEYS]),
    }


print(json.dumps({"pyarrow": by_pyarrow(), "duckdb": by_duckdb(), "polars": by_polars(), "pymilvus": by_pymilvus()}))
