# Writes every row of a collection, one partition per file, one row per line in the order of the keys. Loads the
# collection for it, and gives it an index first when that is what it lacks.
# Given {"uri", "db", "collection", "out": DIRECTORY}; prints {PARTITION: {"rows": N, "file": FILE}}.
from pathlib import Path

from pymilvus import MilvusClient

name = given["collection"]
client = MilvusClient(given["uri"], db_name=given["db"] or "default")
if not client.list_indexes(name):
    index = client.prepare_index_params()
    index.add_index("vector", index_type="FLAT", metric_type="L2", params={})
    client.create_index(name, index)
client.load_collection(name)

milvus = Milvus(given["uri"], given["db"])
written = {}
for number, partition in enumerate(milvus.partitions(name)):
    rows = partition_rows(milvus, name, partition)
    file = Path(given["out"]) / f"{number:03}.jsonl"
    with file.open("w") as lines:
        for _, row in rows:
            lines.write(json.dumps(row, sort_keys=True) + "\n")
    written[partition] = {"rows": len(rows), "file": str(file)}
print(json.dumps(written))
