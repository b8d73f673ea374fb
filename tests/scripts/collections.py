# Prints the names of the collections of a database. Given {"uri", "db"}.
import time

milvus = Milvus(given["uri"], given["db"])
for tries_left in reversed(range(10)):
    try:
        answer = milvus.call("ShowCollections", milvus_pb2.ShowCollectionsRequest(db_name=given["db"]))
        break
    except RuntimeError:
        # Milvus Lite 3 cannot list collections while another test drops or renames one.
        if not (milvus.lite and tries_left):
            raise
        time.sleep(0.2)
print(json.dumps(sorted(answer.collection_names)))
