#!/usr/bin/env bash
#
# Milvus Lite 3.2.2: dropping an alias as if it were a collection drops the collection behind it.
#
# The guess: drop_collection() with the name of an alias is refused, as Milvus itself refuses it ("cannot drop the
# collection via alias"), or does nothing, like the drop of any other name that no collection has: the list of
# collections does not have aliases.
#
# What happens: the call succeeds, and the collection that the alias stands for is gone with its rows, and the alias,
# too. has_collection() says yes to an alias, so a program that asks first is not warned. A rename by an alias, which
# Milvus refuses as well, renames the collection.
#
# Why it matters to backups: "drop it if it exists, then restore" is how a collection is replaced. Where the name has
# become an alias in the meantime (the usual way to switch to a new version), that destroys the live collection.
#
# What we do about it: a name is resolved before anything else (the description of a collection holds its real name);
# an alias is refused as the target of a restore, and only real names are ever dropped.
#
# Needs python3. Takes about a minute. pymilvus starts Milvus Lite inside its own process, on a free loopback port.

set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "Installing milvus-lite 3.2.2 and pymilvus 3.0.2 ..."
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check milvus-lite==3.2.2 pymilvus==3.0.2

cat >"$work/finding.py" <<'PYTHON'
import sys
from importlib.metadata import version

from pymilvus import DataType, MilvusClient
from pymilvus.exceptions import MilvusException


def create(client, name):
    schema = client.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=2)
    client.create_collection(name, schema=schema)
    client.insert(name, [{"id": key, "vector": [1, 2]} for key in range(10)])
    client.flush(name)


client = MilvusClient(sys.argv[1])
print(f"milvus-lite {version('milvus-lite')}, pymilvus {version('pymilvus')}")
create(client, "prices_v2")
client.create_alias("prices_v2", "prices")
asked = client.has_collection("prices")
seen = [client.list_collections()]
try:
    client.drop_collection("nobody")
    seen.append(client.list_collections())
    client.rename_collection("prices", "prices_v3")
    seen.append(client.list_collections())
    client.drop_collection("prices")
    seen.append(client.list_collections())
except MilvusException as error:
    sys.exit(f"NOT AS DESCRIBED: {error.message}")
client.close()

print("the alias `prices` stands for the collection `prices_v2`")
print("guess: drop_collection('prices') is refused, or does nothing; the collection stays")
print(f"seen:  collections {seen[0]}; has_collection('prices'): {asked}")
print(f"       after drop_collection('nobody'): {seen[1]}")
print(f"       after rename_collection('prices', 'prices_v3'): {seen[2]}")
print(f"       after drop_collection('prices'): {seen[3]}")
if not asked or seen != [["prices_v2"], ["prices_v2"], ["prices_v3"], []]:
    sys.exit("NOT AS DESCRIBED: this Milvus Lite keeps the collection when its alias is dropped")
print("as described")
PYTHON

nice -n 10 "$work/venv/bin/python" "$work/finding.py" "$work/prices.db"
