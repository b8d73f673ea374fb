# Inserts and deletes rows below and above the keys that are there, and replaces some that are, until a file appears.
# Given {"uri", "collection", "dim", "rows", "writing", "until"}. Makes the file "writing" after the first insert.
# Prints the smallest and the largest key that it ever wrote.
import pathlib
import time

from pymilvus import MilvusClient

client = MilvusClient(given["uri"])
name, rows, size = given["collection"], given["rows"], 20
vector = [0.5] * given["dim"]
written = 0
while not pathlib.Path(given["until"]).exists():
    below, above = -1 - written, rows + written
    keys = [key for number in range(size) for key in (below - number, above + number)]
    client.insert(name, [{"id": key, "text": "new", "vector": vector} for key in keys])
    client.delete(name, ids=keys[::3])
    client.upsert(name, [{"id": key, "text": "replaced", "vector": vector} for key in range(written % rows, rows, 211)])
    written += size
    pathlib.Path(given["writing"]).touch()
    time.sleep(0.01)
print(json.dumps([-written, rows + written - 1]))
