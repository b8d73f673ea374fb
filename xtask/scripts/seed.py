# Makes a small collection in two partitions.
# given: {"uri", "collection", "rows"}
import json

import numpy
from pymilvus import DataType, MilvusClient

client = MilvusClient(given["uri"])
name = given["collection"]
schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=True)
schema.add_field("id", DataType.INT64, is_primary=True)
schema.add_field("text", DataType.VARCHAR, max_length=256)
schema.add_field("vector", DataType.FLOAT_VECTOR, dim=16)
index = client.prepare_index_params()
index.add_index("vector", index_type="FLAT", metric_type="L2")
client.create_collection(name, schema=schema, index_params=index)
client.create_partition(name, "other")
random = numpy.random.default_rng(7)
for partition, keys in (("_default", range(0, given["rows"], 2)), ("other", range(1, given["rows"], 2))):
    vectors = random.standard_normal((given["rows"], 16), dtype=numpy.float32)
    rows = [{"id": key, "text": f"row {key}", "vector": vectors[key].tolist(), "extra": key % 7} for key in keys]
    client.insert(name, rows, partition_name=partition)
client.flush(name)
client.load_collection(name)
print(json.dumps(given["rows"]))
