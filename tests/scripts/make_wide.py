# A collection whose first half has rows of some bytes, and the other rows of a hundred kilobytes and more: long texts, large
# JSON values and vectors of the largest dimension. Given {"uri", "collection", "rows", "dim"}; prints the rows.
from pymilvus import DataType, MilvusClient

client = MilvusClient(given["uri"])
name, rows, dim = given["collection"], given["rows"], given["dim"]
schema = client.create_schema(auto_id=False)
schema.add_field("id", DataType.INT64, is_primary=True)
schema.add_field("text", DataType.VARCHAR, max_length=65535)
schema.add_field("value", DataType.JSON)
schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
client.create_collection(name, schema=schema)


# Of different letters: nothing here is to be small because it is compressed.
letters = "".join(chr(48 + place * place * 31 % 73) for place in range(60_000))
numbers = [place % 251 / 7 for place in range(dim + rows)]


def row(key):
    text = letters[key % 997 :] + letters[: key % 997] if key >= rows // 2 else letters[key % 997 :][:9]
    return {"id": key, "text": text, "value": {"text": text[:50_000]}, "vector": numbers[key : key + dim]}


for first in range(0, rows, 50):
    client.insert(name, [row(key) for key in range(first, min(first + 50, rows))])
client.flush(name)
index = client.prepare_index_params()
index.add_index("vector", index_type="FLAT", metric_type="L2")
client.create_index(name, index)
client.load_collection(name)
print(json.dumps(rows))
