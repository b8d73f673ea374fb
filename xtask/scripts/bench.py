# Measures milvus-br beside what it is compared with, in turns, on one server.
# Given {"uri", "milvus_br", "scan", "insert", "directory", "rows", "dim", "repeats", "pymilvus_rows"}.
# Prints one JSON document: for each thing measured its runs, with seconds, CPU seconds and peak memory.
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pymilvus import Collection, DataType, MilvusClient, connections

uri, rows, dim = given["uri"], given["rows"], given["dim"]
directory = pathlib.Path(given["directory"])
root = directory / "root"
environment = {name: value for name, value in os.environ.items() if not name.startswith("MILVUS_")}
environment |= {"MILVUS_URI": uri, "MILVUS_BR_ROOT": str(root), "XDG_CONFIG_HOME": str(directory)}
client = MilvusClient(uri)
runs = {}


def say(text):
    print(text, file=sys.stderr, flush=True)


def make_collection(name):
    schema = client.create_schema(enable_dynamic_field=True)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("text", DataType.VARCHAR, max_length=200)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
    client.create_collection(name, schema=schema)


def make(name, count):
    make_collection(name)
    numbers = np.random.default_rng(1)
    for start in range(0, count, 4000):
        end = min(start + 4000, count)
        vectors = numbers.standard_normal((end - start, dim), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        client.insert(name, [
            {"id": n, "text": f"the text of row {n}", "vector": v, "even": n % 2 == 0}
            for n, v in zip(range(start, end), vectors)
        ])
    client.flush(name)
    index = client.prepare_index_params()
    index.add_index("vector", index_type="FLAT", metric_type="L2")
    client.create_index(name, index)
    client.load_collection(name)


class Memory(threading.Thread):
    """The largest resident memory of a process, asked for all the time."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.status = pathlib.Path(f"/proc/{pid}/status")
        self.peak = 0
        self.start()

    def run(self):
        while True:
            try:
                lines = self.status.read_text().splitlines()
            except OSError:
                return
            for line in lines:
                if line.startswith("VmHWM:"):
                    self.peak = int(line.split()[1]) * 1024
            time.sleep(0.005)


def run(name, command):
    """Runs a program to its end, and notes what it took."""
    started = time.monotonic()
    child = subprocess.Popen(command, env=environment, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    # The memory in `used` is at least that of this program, of which the child is a copy at first.
    memory = Memory(child.pid)
    output = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.monotonic() - started
    if status != 0:
        raise SystemExit(f"{command}: {status} {output.decode()}")
    note(name, seconds, used.ru_utime + used.ru_stime, memory.peak)
    return output


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def insert_from_memory(name):
    """From the moment when the rows are in the memory of the program."""
    command = [given["insert"], uri, name, f"{name}_inserted", "4"]
    child = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdout.readline()
    before = cpu_seconds(child.pid)
    started = time.monotonic()
    child.stdin.write(b"\n")
    child.stdin.flush()
    child.stdout.readline()
    seconds = time.monotonic() - started
    _, status, used = os.wait4(child.pid, 0)
    if status != 0:
        raise SystemExit(f"{command}: {status}")
    note(f"insert {name}", seconds, used.ru_utime + used.ru_stime - before, 0)
    client.drop_collection(f"{name}_inserted")


def insert_with_pymilvus(name):
    """What people write: the Parquet file of before, a thousand rows at a time."""
    collection = f"{name}_pymilvus"
    make_collection(collection)
    started, cpu = time.monotonic(), time.process_time()
    for page in pq.ParquetFile(directory / f"pymilvus_{name}.parquet").iter_batches(1000):
        client.insert(collection, page.to_pylist())
    client.flush(collection)
    note(f"pymilvus-insert {name}", time.monotonic() - started, time.process_time() - cpu, 0)
    client.drop_collection(collection)


def note(name, seconds, cpu, memory):
    runs.setdefault(name, []).append({"seconds": seconds, "cpu_seconds": cpu, "peak_bytes": memory})
    say(f"  {name}: {seconds:.2f} s, CPU {cpu:.2f} s, {memory / 2**20:.0f} MiB")


def backup(name, *options):
    output = run(f"create {name}", [given["milvus_br"], "create", name, "--no-verify", "--json", *options])
    return json.loads(output)["backup_id"]


def with_pymilvus(name):
    """What people write: an iterator, and a Parquet file."""
    connections.connect(uri=uri)
    started, cpu = time.monotonic(), time.process_time()
    iterator = Collection(name).query_iterator(batch_size=1000, output_fields=["*"])
    writer = None
    while page := iterator.next():
        table = pa.table({
            "id": [row["id"] for row in page],
            "text": [row["text"] for row in page],
            "vector": pa.array([row["vector"] for row in page], type=pa.list_(pa.float32())),
            "even": [row["even"] for row in page],
        })
        writer = writer or pq.ParquetWriter(directory / f"pymilvus_{name}.parquet", table.schema, compression="zstd")
        writer.write_table(table)
    writer.close()
    note(f"pymilvus {name}", time.monotonic() - started, time.process_time() - cpu, 0)


def read_once(name):
    """The files of the backup, which are in memory from then on."""
    files = [file for file in (root / name).rglob("*") if file.is_file()]
    for file in files:
        with file.open("rb") as opened:
            while opened.read(1 << 20):
                pass
    return files


def verify(name, _):
    run(f"verify {name}", [given["milvus_br"], "verify", backups[name]])


def decode(name, _):
    """Every row group is decoded, and compared with its row digest."""
    run(f"decode {name}", [given["milvus_br"], "verify", backups[name], "--mode", "quick", "--sample", "100"])


def openssl(name, files):
    """One thread, as a command over the same files."""
    run(f"openssl {name}", ["openssl", "dgst", "-sha256", *map(str, files)])


def scan(name):
    run(f"scan {name}", [given["scan"], uri, name, "4"])


def create(name):
    shutil.rmtree(root / name, ignore_errors=True)
    backups[name] = backup(name)


def restore(name):
    run(f"restore {name}", [given["milvus_br"], "restore", backups[name], "--to", f"{name}_restored", "--no-verify"])
    client.drop_collection(f"{name}_restored")


def in_turns(turn, *steps):
    """Nobody is always the first after the one before."""
    return steps if turn % 2 == 0 else reversed(steps)


backups = {}
say(f"making {rows} rows of {dim} dimensions")
make("large", rows)
make("small", rows // 10)
make("few", given["pymilvus_rows"])
row_bytes = dim * 4 + 8 + 24 + 16
# What reads comes first: a server has work to do for a while after many inserts.
for repeat in range(given["repeats"]):
    say(f"round {repeat + 1} of reading")
    for name in ["large", "small", "few"]:
        for step in in_turns(repeat, scan, create):
            step(name)
        # Many rows take it minutes, so that it reads them every other time.
        if name == "few" or (name == "large" and repeat % 2 == 0):
            with_pymilvus(name)
        if name == "few":
            continue
        files = read_once(name)
        for step in in_turns(repeat, verify, openssl, decode):
            step(name, files)
for name in backups:
    read_once(name)
for repeat in range(given["repeats"]):
    say(f"round {repeat + 1} of writing")
    for name in ["large", "small", "few"]:
        for step in in_turns(repeat, restore, insert_from_memory):
            step(name)
        if name == "few":
            insert_with_pymilvus(name)
print(json.dumps({"rows": rows, "few_rows": given["pymilvus_rows"], "dim": dim, "row_bytes": row_bytes, "runs": runs}))
