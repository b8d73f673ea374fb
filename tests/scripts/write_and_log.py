# Inserts, deletes, upserts, inserts deleted and present keys again, and compacts, until a file appears. Each writer has
# keys of its own, so that the operations on a key come one after the other.
# Given {"uri", "collection", "writers", "writing", "until", "log"}. Writes one line per operation: what it did, its keys
# with their values, and its timestamps. Prints the number of operations of each kind.
import pathlib
import random
import threading

from pymilvus import DataType, MilvusClient

DIM = 8
PARTITIONS = ["_default", "left", "right"]
name, until = given["collection"], pathlib.Path(given["until"])
client = MilvusClient(given["uri"])
schema = client.create_schema(auto_id=False, enable_dynamic_field=True)
schema.add_field("id", DataType.INT64, is_primary=True)
schema.add_field("value", DataType.INT64)
schema.add_field("text", DataType.VARCHAR, max_length=100)
schema.add_field("vector", DataType.FLOAT_VECTOR, dim=DIM)
client.create_collection(name, schema=schema)
for partition in PARTITIONS[1:]:
    client.create_partition(name, partition)
index = client.prepare_index_params()
index.add_index("vector", index_type="FLAT", metric_type="L2", params={})
client.create_index(name, index)
log = open(given["log"], "w")
lock = threading.Lock()
counts, failures = {}, []


def note(kind, partition, rows, first, last):
    """One operation, whose timestamp is from `first` to `last`; `rows` are [key, value]."""
    with lock:
        counts[kind] = counts.get(kind, 0) + 1
        log.write(json.dumps([kind, partition, rows, first, last]) + "\n")


class Writer(threading.Thread):
    def __init__(self, number):
        super().__init__(daemon=True)
        self.number, self.random = number, random.Random(number)
        self.milvus = Milvus(given["uri"])
        self.next, self.value = 0, 0
        self.keys = {partition: [] for partition in PARTITIONS}

    def now(self):
        return self.milvus.call("AllocTimestamp", milvus_pb2.AllocTimestampRequest()).timestamp

    def new_keys(self, partition, count):
        keys = [(self.next + number) * given["writers"] + self.number for number in range(count)]
        self.next += count
        self.keys[partition] += keys
        return keys

    def known(self, partition, count):
        """Some keys that it wrote before, the newest ones more often."""
        all_keys = self.keys[partition]
        start = max(0, len(all_keys) - 2000) if self.random.random() < 0.7 else 0
        return self.random.sample(all_keys[start:], min(count, len(all_keys) - start))

    def columns(self, keys, values):
        scalar = lambda kind, **data: schema_pb2.FieldData(type=kind, scalars=schema_pb2.ScalarField(**data))
        fields = [
            ("id", scalar(TYPE.Int64, long_data=schema_pb2.LongArray(data=keys))),
            ("value", scalar(TYPE.Int64, long_data=schema_pb2.LongArray(data=values))),
            ("text", scalar(TYPE.VarChar, string_data=schema_pb2.StringArray(data=[f"text {v}" for v in values]))),
            ("vector", schema_pb2.FieldData(type=TYPE.FloatVector, vectors=schema_pb2.VectorField(
                dim=DIM, float_vector=schema_pb2.FloatArray(data=[float(v % 97) for v in values for _ in range(DIM)])))),
            ("", schema_pb2.FieldData(type=TYPE.JSON, is_dynamic=True, scalars=schema_pb2.ScalarField(
                json_data=schema_pb2.JSONArray(data=[json.dumps({"v": v}).encode() for v in values])))),
        ]
        for field_name, field in fields:
            field.field_name = field_name
        return [field for _, field in fields]

    def put(self, kind, partition, keys):
        values = [(self.value + number) * given["writers"] + self.number for number in range(len(keys))]
        self.value += len(keys)
        request = {"Insert": milvus_pb2.InsertRequest, "Upsert": milvus_pb2.UpsertRequest}[kind](
            collection_name=name, partition_name=partition, num_rows=len(keys),
            fields_data=self.columns(keys, values), hash_keys=[key % 2**31 for key in keys])
        answer = self.milvus.call(kind, request)
        assert answer.timestamp, answer
        note(kind, partition, list(zip(keys, values)), answer.timestamp, answer.timestamp)

    def delete(self, partition, keys):
        first = self.now()
        self.milvus.call("Delete", milvus_pb2.DeleteRequest(
            collection_name=name, partition_name=partition, expr=f"id in [{', '.join(map(str, keys))}]"))
        note("Delete", partition, [[key, 0] for key in keys], first, self.now())

    def act(self):
        partition, what = self.random.choice(PARTITIONS), self.random.random()
        if what < 0.45 or len(self.keys[partition]) < 100:
            self.put("Insert", partition, self.new_keys(partition, 20))
        elif what < 0.65:
            self.delete(partition, self.known(partition, 5))
        elif what < 0.85:
            self.put("Upsert", partition, self.known(partition, 5))
        else:
            # Deleted ones among them, and present ones, of which the newest counts.
            self.put("Insert", partition, self.known(partition, 5))

    def run(self):
        try:
            while not until.exists():
                self.act()
        except Exception as error:
            failures.append(repr(error))


writers = [Writer(number) for number in range(given["writers"])]
for writer in writers:
    writer.start()
time.sleep(3)
pathlib.Path(given["writing"]).touch()
milvus, chance = Milvus(given["uri"]), random.Random(99)
collection_id = milvus.describe(name).collectionID
compactions = 0
while not until.exists() and not failures:
    time.sleep(chance.random() * 4)
    milvus.stub.ManualCompaction(milvus_pb2.ManualCompactionRequest(collectionID=collection_id), timeout=60)
    compactions += 1
for writer in writers:
    writer.join()
log.close()
assert not failures, failures
print(json.dumps({**counts, "compactions asked for": compactions}))
