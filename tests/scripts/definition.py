# Prints what defines a collection, its rows apart: {"schema", "indexes", "partitions", ...}.
# Given {"uri", "db", "collection"}.
milvus = Milvus(given["uri"], given["db"])
description = milvus.describe(given["collection"])
schema = MessageToDict(description.schema)
schema.pop("name", None)
for field in schema["fields"]:
    # Numbers that the server gives out, not part of what was defined.
    field.pop("fieldID", None)
    field["typeParams"] = sorted((pair["key"], pair["value"]) for pair in field.get("typeParams", []))
schema["fields"] = [field for field in schema["fields"] if not field.get("isDynamic")]
indexes = [
    {
        "field": index.field_name,
        "name": index.index_name,
        "params": sorted((pair.key, pair.value) for pair in index.params),
    }
    for index in milvus.indexes(given["collection"])
]
print(json.dumps({
    "schema": schema,
    "indexes": sorted(indexes, key=lambda index: (index["field"], index["name"])),
    "partitions": milvus.partitions(given["collection"]),
    "shards": description.shards_num,
    "consistency": description.consistency_level,
    "properties": sorted((pair.key, pair.value) for pair in description.properties),
}))
