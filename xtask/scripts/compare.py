# Compares two collections, partition by partition and row by row; vectors as the bytes of their f32 values.
# given: {"uri", "source", "copy"}
import json

import numpy
from pymilvus import MilvusClient

client = MilvusClient(given["uri"])


def definition(collection):
    about = client.describe_collection(collection)
    fields = [{key: field[key] for key in field if key != "field_id"} for field in about["fields"]]
    indexes = [client.describe_index(collection, index) for index in sorted(client.list_indexes(collection))]
    indexes = [{key: index[key] for key in index if "rows" not in key and key != "state"} for index in indexes]
    about = {key: about[key] for key in ("description", "auto_id", "enable_dynamic_field")}
    return json.loads(json.dumps([about, fields, indexes], default=str, sort_keys=True))


def exact(value):
    """What must be equal: vectors as their bytes, all else as JSON, where 1 and 1.0 and true differ."""
    if isinstance(value, list) and value and isinstance(value[0], (float, numpy.floating)):
        return numpy.asarray(value, dtype="<f4").tobytes()
    return json.dumps(value, sort_keys=True, default=list)


def rows(collection, partition):
    pages = client.query_iterator(
        collection, batch_size=500, partition_names=[partition], output_fields=["*"], consistency_level="Strong"
    )
    found = {}
    while page := pages.next():
        for row in page:
            found[row["id"]] = {key: exact(value) for key, value in row.items()}
    pages.close()
    return found


answer = {"differences": [], "partitions": []}
source, copy = (definition(given[which]) for which in ("source", "copy"))
if source != copy:
    answer["differences"].append(f"the definition differs: {source} and {copy}")
names = [sorted(client.list_partitions(given[which])) for which in ("source", "copy")]
if names[0] != names[1]:
    answer["differences"].append(f"the partitions differ: {names[0]} and {names[1]}")
for name in [name for name in names[0] if name in names[1]]:
    source, copy = (rows(given[which], name) for which in ("source", "copy"))
    for key in sorted(source.keys() | copy.keys()):
        if source.get(key) != copy.get(key):
            answer["differences"].append(f"row {key} of partition {name} differs")
    dynamic = {frozenset(row) for row in source.values()}
    vectors = sum(isinstance(value, bytes) for row in source.values() for value in row.values())
    answer["partitions"].append(
        {"name": name, "rows": len(source), "vectors": vectors, "sets_of_keys": len(dynamic)}
    )
print(json.dumps(answer))
