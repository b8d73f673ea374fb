#!/usr/bin/env bash
#
# Milvus Lite 2.5.1: in a filter, the escape "\n" stands for the letter n, so no filter can name a text with a line break.
#
# The guess: a string literal of a filter has the usual escapes, as in the standalone server and in Milvus Lite 3: "a\nb" is a
# text with a line break. If it had none, the literal could hold the line break itself.
#
# What happens: `k == "a\nb"` finds the row "anb", without an error. A literal that holds the line break is refused, and so are,
# or mean another text, the other ways to write it. The row can be stored and read; it cannot be asked for.
#
# Why it matters to backups: pages are read from the last key on. After a page that ends with "a\nb", the filter `k > "a\nb"`
# continues after "anb", and all rows between the two are missing from the backup, without a sign.
#
# What we do about it: after such a key, rows are counted from the last key that a filter can name, and what was read is
# compared with count(*).
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

NAME = "texts"
KEYS = ["a\nb", "anb", "az", "b"]
# Ways to write a text with a line break: an escape, the character itself, its number.
WAYS = {"escape": r'"a\nb"', "character": '"a\nb"', "hexadecimal": r'"a\x0ab"', "octal": r'"a\012b"'}


def fill(client):
    schema = client.create_schema()
    schema.add_field("k", DataType.VARCHAR, max_length=20, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=2)
    index = client.prepare_index_params()
    index.add_index("vector", index_type="FLAT", metric_type="L2")
    client.create_collection(NAME, schema=schema, index_params=index)
    client.insert(NAME, [{"k": key, "vector": [1, 2]} for key in KEYS])


def found(client, expression):
    try:
        return sorted(row["k"] for row in client.query(NAME, filter=expression, output_fields=["k"]))
    except MilvusException:
        return "refused"


logging.disable(logging.CRITICAL)
client = MilvusClient(sys.argv[1])
print(f"milvus-lite {version('milvus-lite')}, pymilvus {version('pymilvus')}")
fill(client)
everything = found(client, 'k >= ""')
equal = {way: found(client, f"k == {literal}") for way, literal in WAYS.items()}
after = found(client, rf"k > {WAYS['escape']}")
client.close()

print("guess: k == \"a\\nb\" finds 'a\\nb', and k > \"a\\nb\" finds the three keys after it")
print(f"seen:  stored: {everything}")
for way, keys in equal.items():
    print(f"       equal, written as {way}: {keys}")
print(f"       after, written as escape: {after}")
named = any(keys == ["a\nb"] for keys in equal.values())
if everything != KEYS or named or equal["escape"] != ["anb"] or after != ["az", "b"]:
    sys.exit("NOT AS DESCRIBED: this Milvus Lite can name a text with a line break")
print("as described")
PYTHON

nice -n 10 "$work/venv/bin/python" "$work/finding.py" "$work/texts.db"
