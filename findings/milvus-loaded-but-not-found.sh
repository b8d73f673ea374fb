#!/usr/bin/env bash
#
# Milvus 2.3.5: a partition that is "Loaded" may not be searched yet, and counts 0 rows with strong consistency.
#
# The guess: once load_partitions() has returned and the load state of every partition is Loaded, a query with strong
# consistency finds every flushed row of them, and count(*) counts them.
#
# What happens: if another partition of the collection was loaded already, the new partitions are reported as Loaded
# after about two seconds, and then hold 0 rows for up to ten seconds more. No error, no progress below 100 %: the
# rows are simply not there, and count(*) agrees with the query. It depends on timing and does not happen every
# time, so several collections are tried until one shows it. What tells the truth meanwhile is a comparison of two
# lists: the segments that are stored (list_persistent_segments) and those that are served (list_loaded_segments).
#
# Why it matters to backups: loading what is missing just before reading is the obvious thing for a backup to do when
# only the hot partitions are in memory. It gets a third of the rows here, and a check of the rows that were read
# against count(*) passes.
#
# What we do about it: "Loaded" is a claim. The segments that are stored are compared with those that are served until
# none is missing (or the counted rows are as many as the stored ones), for at most a minute; then it is a warning.
#
# Needs Linux on x86-64, python3, unshare and ip. Takes one to two minutes.

set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Milvus listens on all addresses, so it gets a network of its own, which has nothing but the loopback interface.
alone() {
  unshare --map-root-user --net sh -c 'ip link set lo up && exec "$@"' sh "$@"
}
alone true || { echo "no network namespace can be made here: nothing was tried" >&2; exit 2; }

echo "Installing milvus 2.3.5 and pymilvus 3.0.2 ..."
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check milvus==2.3.5 pymilvus==3.0.2

cat >"$work/server.py" <<'PYTHON'
"""A standalone Milvus for as long as a `with` block takes."""
import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from milvus import MilvusServerConfig, _initialize_data_files
from pymilvus import MilvusClient
from pymilvus.exceptions import MilvusException

ROLES = ["ROOTCOORD", "PROXY", "QUERYCOORD", "QUERYNODE", "INDEXNODE", "DATACOORD", "DATANODE"]
PATIENCE = 240


@contextlib.contextmanager
def running(base):
    config = MilvusServerConfig(data_dir=str(base))
    config.config = {}
    config.resolve()
    _initialize_data_files(str(base))
    environment = dict(
        os.environ, DEPLOY_MODE="STANDALONE", MILVUS_RUN_DIR=f"{base}/run", MILVUSCONF=f"{base}/configs",
        LD_LIBRARY_PATH=f"{base}/bin", **{f"{role}_IP": "127.0.0.1" for role in ROLES},
    )
    with open(Path(base) / "log", "wb") as log:
        server = subprocess.Popen(
            [f"{base}/bin/milvus", "run", "standalone"], cwd=base, env=environment, stdout=log, stderr=log
        )
    try:
        yield connected(server)
    finally:
        server.terminate()
        try:
            server.wait(2)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def connected(server):
    began = time.monotonic()
    while server.poll() is None and time.monotonic() - began < PATIENCE:
        try:
            client = MilvusClient("http://127.0.0.1:19530", timeout=10)
            client.list_collections(timeout=10)
            return client
        except MilvusException:
            time.sleep(1)
    print("Milvus did not start: nothing was tried", file=sys.stderr)
    sys.exit(2)
PYTHON

cat >"$work/finding.py" <<'PYTHON'
import logging
import sys
import time
from importlib.metadata import version

from pymilvus import DataType
from server import running

ROUNDS = 12
PARTITIONS = ["hot", "warm", "cold"]
ROWS = 300
STORED = ROWS * len(PARTITIONS)


def fill(client, name):
    schema = client.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=2)
    client.create_collection(name, schema=schema)
    for number, partition in enumerate(PARTITIONS):
        client.create_partition(name, partition)
        rows = [{"id": number * ROWS + row, "vector": [1, 2]} for row in range(ROWS)]
        client.insert(name, rows, partition_name=partition)
    client.flush(name)
    index = client.prepare_index_params()
    index.add_index("vector", index_type="FLAT", metric_type="L2")
    client.create_index(name, index)


def counted(client, name):
    return client.query(name, output_fields=["count(*)"], consistency_level="Strong")[0]["count(*)"]


def found(client, name):
    return len(client.query(name, filter="id >= 0", output_fields=["id"], consistency_level="Strong"))


def segments(client, name):
    stored = {segment.segment_id for segment in client.list_persistent_segments(name)}
    served = {segment.segment_id for segment in client.list_loaded_segments(name)}
    return f"{len(stored & served)} of {len(stored)} stored segments served"


def shown(client, number):
    """Whether rows are missing although everything is Loaded."""
    name = f"round_{number}"
    fill(client, name)
    client.load_partitions(name, PARTITIONS[:1])
    time.sleep((number + 1) * 3 % 10)  # the server seems to look every ten seconds: meet it at another moment
    client.load_partitions(name, PARTITIONS[1:])
    states = {partition: client.get_load_state(name, partition)["state"].name for partition in PARTITIONS}
    loaded = time.monotonic()
    rows, keys, served = counted(client, name), found(client, name), segments(client, name)
    print(f"{name}: {states}: count(*) {rows}, query {keys}, {served}")
    if set(states.values()) != {"Loaded"} or not rows == keys == ROWS:
        return False
    while counted(client, name) < STORED:
        if time.monotonic() - loaded > 60:
            sys.exit("NOT AS DESCRIBED: the rows do not appear by themselves")
        time.sleep(0.2)
    waited = time.monotonic() - loaded
    print(f"{name}: after {waited:.1f} s: count(*) {STORED}, query {found(client, name)}, {segments(client, name)}")
    return True


logging.disable(logging.WARNING)
with running(sys.argv[1]) as client:
    print(f"Milvus {client.get_server_version()}, pymilvus {version('pymilvus')}")
    print(f"{STORED} rows in {len(PARTITIONS)} partitions, all flushed; first one is loaded, then the others")
    print(f"guess: all partitions Loaded, so {STORED} rows")
    print("seen:")
    if not any(shown(client, number) for number in range(ROUNDS)):
        sys.exit(f"NOT AS DESCRIBED: in {ROUNDS} rounds no row was missing once everything was Loaded")
print("as described")
PYTHON

alone nice -n 10 "$work/venv/bin/python" "$work/finding.py" "$work/milvus"
