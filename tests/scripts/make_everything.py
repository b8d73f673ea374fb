# Makes a collection with every kind of scalar, arrays, JSON, a dynamic field and a vector, over three partitions,
# with deletes and upserts in its past.
# Given {"uri", "collection", "key": "int64" or "varchar", "texts": [...]}; one row per text. Prints {PARTITION: rows}.
import numpy as np
from pymilvus import DataType, MilvusClient

DIM = 32
MAX = 2**63 - 1
PARTITIONS = ["_default", "alpha", "beta_2"]
client = MilvusClient(given["uri"])
lite = is_lite(client.get_server_version())
name = given["collection"]
texts = given["texts"]
vectors = np.random.default_rng(7).standard_normal((len(texts) + 2000, DIM)).astype(np.float32)
vectors[:, 3] = -0.0
INT_KEYS = [-(2**63), -(2**63) + 1, -1, 0, 1, MAX - 1, 2**53 + 1, -(2**53) - 1]
TEXT_KEYS = [
    "", " ", '"', "''", "\\", '\\"', "\\n", "line\nfeed", "tab\there", "carriage\rreturn", "ü", "日本語", "𝔘nicode 🎬",
    "%", "a\u0301", "null", "_", "x" * 1000, "ä" * 400, "\u007f", "'; drop", "{}", "\u2028",
]
DOUBLES = [0.0, -0.0, 5e-324, -1.7976931348623157e308, float("nan"), float("inf"), float("-inf"), 0.1, 1 / 3]
FLOATS = [0.0, -0.0, 1e-45, 3.4028234663852886e38, float("nan"), float("inf"), float("-inf"), 0.1]


def keys():
    if given["key"] == "int64":
        yield from INT_KEYS
        for number in range(len(texts)):
            yield (number + 3) * (-7919 if number % 3 else 104729)
    else:
        yield from TEXT_KEYS
        for number in range(len(texts)):
            yield f"{number:x}-{texts[number][:20]}"


def document(number):
    return [
        {"n": number, "text": texts[number % len(texts)][:60]},
        {},
        {"deep": {"er": [1, 2.5, "x", None, True, {"y": []}]}, "big": MAX - number},
        {"ü": "é\n\"quoted\"\\", "e": 1e-7, "neg": -0.0, "empty": ""},
    ][number % 4]


def dynamic(number):
    return [
        {},
        {"year": 1900 + number % 120},
        {"title": texts[number % len(texts)][:30], "rating": number / 7},
        {"genres": ["a", "b", str(number)], "nested": {"k": number, "l": [None, False]}},
        {f"only_{number % 97}": True, "big": 2**53 + 1 + number},
    ][number % 5]


def row(key, number):
    text = texts[number % len(texts)]
    return {
        "key": key,
        "flag": number % 3 == 0,
        "tiny": number % 256 - 128,
        "small": (number * 37) % 65536 - 32768,
        "medium": [-(2**31), 2**31 - 1, number][number % 3],
        "large": [-(2**63), MAX, 0, number, -number][number % 5],
        "single": FLOATS[number % len(FLOATS)],
        "precise": DOUBLES[number % len(DOUBLES)],
        "gloss": "" if number % 50 == 0 else text,
        "facts": document(number),
        "words": text.split()[: number % 6],
        "counts": [number, -number, MAX, -(2**63)][: number % 5],
        "answers": [number % 2 == 0, True, False][: number % 4],
        "weights": [0.1 * number, -0.0, 5e-324][: number % 4],
        "vector": vectors[number],
        **dynamic(number),
    }


schema = client.create_schema(auto_id=False, enable_dynamic_field=True, description="everything, and a \"quote\"")
if given["key"] == "int64":
    schema.add_field("key", DataType.INT64, is_primary=True, description="may be negative")
else:
    schema.add_field("key", DataType.VARCHAR, is_primary=True, max_length=2000)
schema.add_field("flag", DataType.BOOL)
schema.add_field("tiny", DataType.INT8)
schema.add_field("small", DataType.INT16)
schema.add_field("medium", DataType.INT32)
schema.add_field("large", DataType.INT64)
schema.add_field("single", DataType.FLOAT)
schema.add_field("precise", DataType.DOUBLE)
schema.add_field("gloss", DataType.VARCHAR, max_length=4000, description="from WordNet")
schema.add_field("facts", DataType.JSON)
schema.add_field("words", DataType.ARRAY, element_type=DataType.VARCHAR, max_length=500, max_capacity=8)
schema.add_field("counts", DataType.ARRAY, element_type=DataType.INT64, max_capacity=8)
schema.add_field("answers", DataType.ARRAY, element_type=DataType.BOOL, max_capacity=8)
schema.add_field("weights", DataType.ARRAY, element_type=DataType.DOUBLE, max_capacity=8)
schema.add_field("vector", DataType.FLOAT_VECTOR, dim=DIM)
client.create_collection(name, schema=schema, num_shards=1 if lite else 2, consistency_level="Session")
for partition in PARTITIONS[1:]:
    client.create_partition(name, partition)

all_keys = list(dict.fromkeys(keys()))
numbers = {key: number for number, key in enumerate(all_keys)}
# In runs of seven, so that every partition gets every kind of value.
share = {
    partition: [key for key in all_keys if numbers[key] // 7 % len(PARTITIONS) == place]
    for place, partition in enumerate(PARTITIONS)
}
for partition, chosen in share.items():
    for start in range(0, len(chosen), 2000):
        batch = [row(key, numbers[key]) for key in chosen[start : start + 2000]]
        client.insert(name, batch, partition_name=partition)

index = client.prepare_index_params()
index.add_index("vector", index_name="by_vector", index_type="HNSW", metric_type="COSINE",
                params={"M": 12, "efConstruction": 70})
if not lite:
    index.add_index("gloss", index_name="by_gloss", index_type="Trie")
    index.add_index("large", index_name="by_large", index_type="STL_SORT")
client.create_index(name, index)
client.load_collection(name)

# A past: rows that were deleted, rows that were replaced, rows that were deleted and came back.
for partition, chosen in share.items():
    gone = chosen[30:-1:40]
    replaced = chosen[31:-1:50]
    # The smallest number there is cannot be written in an expression of 2.3.5; it is never among these.
    client.delete(name, filter=f"key in [{', '.join(map(literal, gone))}]", partition_name=partition)
    changed = [row(key, numbers[key] + 1000) | {"changed": partition} for key in replaced if key not in gone]
    client.upsert(name, changed, partition_name=partition)
    client.insert(name, [row(key, numbers[key]) for key in gone[:5]], partition_name=partition)
    share[partition] = [key for key in chosen if key not in gone[5:]]
print(json.dumps({partition: len(chosen) for partition, chosen in share.items()}))
