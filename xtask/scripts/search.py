# Searches a collection, and answers with the hits of each query: primary key, word and distance.
# given: {"uri", "collection", "vectors": [[...]], "limit"}
import json

from pymilvus import MilvusClient

client = MilvusClient(given["uri"])
found = client.search(
    given["collection"],
    data=given["vectors"],
    anns_field="meaning",
    limit=given["limit"],
    search_params={"params": {"ef": 512}},
    output_fields=["word"],
    consistency_level="Strong",
)
answer = [[{"id": h["id"], "word": h["entity"]["word"], "distance": h["distance"]} for h in hits] for hits in found]
print(json.dumps(answer))
