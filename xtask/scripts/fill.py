# Makes the collection of the demo anew: a partition for each part of speech, a vector index, and the rows.
# given: {"uri", "collection", "dimension", "partitions": [NAME], "rows": [{"part_of_speech": NAME, ...}]}
import json

from pymilvus import DataType, MilvusClient

client = MilvusClient(given["uri"])
name = given["collection"]
schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=True, description="Words and their meaning")
schema.add_field("id", DataType.INT64, is_primary=True)
schema.add_field("word", DataType.VARCHAR, max_length=256)
schema.add_field("gloss", DataType.VARCHAR, max_length=4096)
schema.add_field("domain", DataType.VARCHAR, max_length=256, nullable=True)
schema.add_field(
    "synonyms", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=64, max_length=256
)
schema.add_field("meaning", DataType.FLOAT_VECTOR, dim=given["dimension"])
index = client.prepare_index_params()
index.add_index("meaning", index_type="HNSW", metric_type="COSINE", params={"M": 16, "efConstruction": 200})
if client.has_collection(name):
    client.drop_collection(name)
client.create_collection(name, schema=schema, index_params=index)
inserted = {}
for partition in given["partitions"]:
    client.create_partition(name, partition)
    rows = [row for row in given["rows"] if row["part_of_speech"] == partition]
    for start in range(0, len(rows), 500):
        client.insert(name, rows[start : start + 500], partition_name=partition)
    inserted[partition] = len(rows)
client.flush(name)
client.load_collection(name)
print(json.dumps(inserted))
