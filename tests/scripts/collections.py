# Prints the names of the collections of a database. Given {"uri", "db"}.
milvus = Milvus(given["uri"], given["db"])
request = milvus_pb2.ShowCollectionsRequest(db_name=given["db"])
answer = asked_again(lambda: milvus.call("ShowCollections", request), RuntimeError)
print(json.dumps(sorted(answer.collection_names)))
