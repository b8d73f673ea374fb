# Prints the names of the collections of a database. Given {"uri", "db"}.
milvus = Milvus(given["uri"], given["db"])
print(json.dumps(sorted(milvus.call("ShowCollections", milvus_pb2.ShowCollectionsRequest(db_name=given["db"])).collection_names)))
