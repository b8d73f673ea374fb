#!/usr/bin/env bash
#
# Milvus Lite 2.5.1: a query without a limit is silently cut after 16,383 rows, one less than may be asked for.
#
# The guess: a query without a limit returns all rows, as it does in the standalone server, or is refused if they are
# too many. If it is limited after all, then to as many rows as a limit may state.
#
# What happens: with 20,000 rows, `id >= 0` without a limit gives the first 16,383 of them and no error; with a limit of
# 16,384 it gives 16,384; a larger limit is refused. count(*) with the same filter says 20,000, and delete with the
# same filter deletes all 20,000.
#
# Why it matters to backups: whoever reads a partition with one query, which works for every small collection, loses the
# rest of a larger one without a sign. A check like "as many rows as a limit allows: there may be more" does not notice.
#
# What we do about it: rows are always read in pages with a limit, from the last key on, until a page is empty; and what
# was read is compared with count(*).
#
# Needs python3 on Linux or macOS. Takes about a minute. Milvus Lite talks to pymilvus by a local socket.

set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "Installing milvus-lite 2.5.1 and pymilvus 2.5.16 ..."
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  milvus-lite==2.5.1 pymilvus==2.5.16 'setuptools<81'

cat >"$work/finding.py" <<'PYTHON'
import logging
import sys
import warnings
from importlib.metadata import version

warnings.filterwarnings("ignore", message="pkg_resources")
from pymilvus import DataType, MilvusClient  # noqa: E402
from pymilvus.exceptions import MilvusException  # noqa: E402

NAME = "rows"
ROWS = 20_000
BATCH = 1_000
LARGEST_LIMIT = 16_384


def fill(client):
    schema = client.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=2)
    index = client.prepare_index_params()
    index.add_index("vector", index_type="FLAT", metric_type="L2")
    client.create_collection(NAME, schema=schema, index_params=index)
    for first in range(0, ROWS, BATCH):
        client.insert(NAME, [{"id": key, "vector": [1, 2]} for key in range(first, first + BATCH)])


def count(client):
    return client.query(NAME, filter="id >= 0", output_fields=["count(*)"])[0]["count(*)"]


def returned(client, **limit):
    try:
        return len(client.query(NAME, filter="id >= 0", output_fields=["id"], **limit))
    except MilvusException:
        return "refused"


logging.disable(logging.CRITICAL)
client = MilvusClient(sys.argv[1])
print(f"milvus-lite {version('milvus-lite')}, pymilvus {version('pymilvus')}")
fill(client)
counted = count(client)
unlimited = returned(client)
largest = returned(client, limit=LARGEST_LIMIT)
larger = returned(client, limit=LARGEST_LIMIT + 1)
client.delete(NAME, filter="id >= 0")
left = count(client)
client.close()

print(f"guess: the query `id >= 0` without a limit returns all {ROWS} rows or is refused")
print(f"seen:  without a limit: {unlimited}; limit {LARGEST_LIMIT}: {largest}; limit {LARGEST_LIMIT + 1}: {larger}")
print(f"       count(*) with the same filter: {counted}; after delete with the same filter: {left}")
if (counted, unlimited, largest, larger, left) != (ROWS, LARGEST_LIMIT - 1, LARGEST_LIMIT, "refused", 0):
    sys.exit("NOT AS DESCRIBED: this Milvus Lite does not cut a query without a limit after 16,383 rows")
print("as described")
PYTHON

nice -n 10 "$work/venv/bin/python" "$work/finding.py" "$work/rows.db"
