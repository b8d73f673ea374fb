#!/usr/bin/env bash
#
# Milvus Lite 3.2.2: a JSON field that holds a JSON text comes back without its quotes, as something else.
#
# The guess: a JSON field returns the JSON value that was inserted. White space and the order of members may change,
# but a text stays a text: "3" is not the number 3.
#
# What happens: if the value of a cell is a text, Lite returns its content instead of the value. "3" comes back as the
# number 3, "true" as a boolean, "null" as null, "[1, 2]" as an array and "{...}" as an object. Numbers, booleans
# and nulls in a cell are refused on insert, so Lite returns values that it does not take back itself. Texts inside an
# object or an array keep their quotes.
#
# Why it matters to backups: the backup holds another value than the user stored, and the restore is refused (for "3")
# or, worse, succeeds with an array where there was a text.
#
# What we do about it: Lite takes no numbers, booleans or nulls as the value of a cell, so one that looks like them was
# a text, and gets its quotes back. A text that looks exactly like an array or an object cannot be told from one;
# `create` warns of it.
#
# Needs python3. Takes about a minute. pymilvus starts Milvus Lite inside its own process, on a free loopback port.

set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "Installing milvus-lite 3.2.2 and pymilvus 3.0.2 ..."
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check milvus-lite==3.2.2 pymilvus==3.0.2

cat >"$work/finding.py" <<'PYTHON'
import json
import logging
import sys
from importlib.metadata import version

from pymilvus import DataType, MilvusClient
from pymilvus.exceptions import MilvusException

NAME = "documents"
TEXTS = ["3", "true", "null", "[1, 2]", '{"a": 1}']
NOT_TAKEN = [3, True, None]
CONTAINERS = [{"a": "3"}, ["3"]]


def create(client):
    schema = client.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=2)
    schema.add_field("document", DataType.JSON)
    index = client.prepare_index_params()
    index.add_index("vector", index_type="FLAT", metric_type="L2")
    client.create_collection(NAME, schema=schema, index_params=index)
    client.load_collection(NAME)


def insert(client, key, value):
    # pymilvus takes the text of a JSON document as it is.
    client.insert(NAME, [{"id": key, "vector": [1, 2], "document": json.dumps(value)}])


def stored(client, key):
    return client.query(NAME, filter=f"id == {key}", output_fields=["document"])[0]["document"]


def refused(client, key, value):
    try:
        insert(client, key, value)
    except MilvusException:
        return True
    return False


logging.disable(logging.CRITICAL)
client = MilvusClient(sys.argv[1])
print(f"milvus-lite {version('milvus-lite')}, pymilvus {version('pymilvus')}")
create(client)
print("guess: a JSON value comes back equal")
print("seen:")
changed, kept = [], []
for key, value in enumerate(TEXTS + CONTAINERS):
    insert(client, key, value)
    back = stored(client, key)
    (kept if back == value and type(back) is type(value) else changed).append(value)
    print(f"  {json.dumps(value):16} comes back as {json.dumps(back)} ({type(back).__name__})")
all_refused = True
for value in NOT_TAKEN:
    all_refused &= refused(client, 100, value)
    print(f"  {json.dumps(value):16} without quotes is {'refused' if all_refused else 'taken'} on insert")
client.close()

if not (changed == TEXTS and kept == CONTAINERS and all_refused):
    sys.exit("NOT AS DESCRIBED: this Milvus Lite keeps JSON texts, or takes values that are no texts")
print("as described")
PYTHON

nice -n 10 "$work/venv/bin/python" "$work/finding.py" "$work/documents.db"
