# Makes a small collection: a number as key, a text, a vector, keys outside the schema.
# Given {"uri", "db", "collection", "partitions": {NAME: rows}, "dim", "index", "load", "auto_id", "text_keys", "seed",
# "token"}.
# Prints the number of rows.
import numpy as np
from pymilvus import DataType, MilvusClient

MB = 1 << 20
plain = MilvusClient(given["uri"], token=given["token"])
if given["db"] and given["db"] not in plain.list_databases():
    plain.create_database(given["db"])
client = MilvusClient(given["uri"], db_name=given["db"] or "default", token=given["token"])
name, dim = given["collection"], given["dim"]
schema = client.create_schema(auto_id=given["auto_id"], enable_dynamic_field=True)
if given["text_keys"]:
    schema.add_field("id", DataType.VARCHAR, max_length=64, is_primary=True)
else:
    schema.add_field("id", DataType.INT64, is_primary=True)
schema.add_field("text", DataType.VARCHAR, max_length=200)
schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
client.create_collection(name, schema=schema)


def key(number):
    return f"schlüssel/{number * 7919 % 1000003:06}" if given["text_keys"] else number


doomed = []
if given["auto_id"]:
    # They leave a gap before the first key: a server that counts from 1 again then gives other keys.
    doomed = client.insert(name, [{"text": "", "vector": [0.0] * dim}] * 7)["ids"]
numbers = np.random.default_rng(given["seed"])
batch = max(1, 16 * MB // (dim * 4 + 100))
first = 0
for partition, rows in given["partitions"].items():
    if partition != "_default":
        client.create_partition(name, partition)
    for start in range(first, first + rows, batch):
        end = min(start + batch, first + rows)
        vectors = numbers.random((end - start, dim), dtype=np.float32)
        client.insert(name, [
            ({} if given["auto_id"] else {"id": key(number)})
            | {"text": f"row {number} of {given['seed']}", "vector": vector, "even": number % 2 == 0}
            for number, vector in zip(range(start, end), vectors)
        ], partition_name=partition)
    first += rows
if given["index"]:
    index = client.prepare_index_params()
    index.add_index("vector", index_name="vector", index_type="FLAT", metric_type="L2", params={})
    client.create_index(name, index)
    if given["load"]:
        client.load_collection(name)
    else:
        # Milvus Lite loads every collection when it is made.
        client.release_collection(name)
if doomed:
    client.delete(name, ids=list(doomed))
print(first)
