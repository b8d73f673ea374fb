# Milvus by its protocol, with the generated classes of pymilvus and no client logic in between: what the server
# answers is what the caller sees, to the bit. Put before every script that looks at a collection.
import json
import struct
import time

import grpc
from google.protobuf.json_format import MessageToDict
from pymilvus.grpc_gen import common_pb2, milvus_pb2, milvus_pb2_grpc, schema_pb2

STRONG = 0
NO_INDEX = 700
NO_LIMIT = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
TYPE = schema_pb2.DataType


def is_lite(version):
    """The standalone server from PyPI is called v2.3.5-lite, and is none."""
    return version.startswith("milvus_lite")


def literal(key):
    """A key in an expression. Only these four characters are escaped: anything else is taken as it is."""
    if isinstance(key, int):
        return str(key)
    for character, escaped in [("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")]:
        key = key.replace(character, escaped)
    return f'"{key}"'


def asked_again(ask, refused):
    """What `ask` gives, asked up to ten times: Milvus Lite 3 cannot list collections while another test drops or renames
    one, and cannot remove a directory that it still writes to."""
    for tries_left in reversed(range(10)):
        try:
            return ask()
        except refused:
            if not tries_left:
                raise
            time.sleep(0.2)


class Milvus:
    def __init__(self, uri, db=""):
        self.db = db
        self.stub = milvus_pb2_grpc.MilvusServiceStub(grpc.insecure_channel(uri.removeprefix("http://"), NO_LIMIT))
        self.lite = is_lite(self.stub.GetVersion(milvus_pb2.GetVersionRequest()).version)

    def call(self, name, request):
        answer = getattr(self.stub, name)(request, timeout=110)
        self.require(getattr(answer, "status", answer), name)
        return answer

    @staticmethod
    def require(status, name):
        if status.code or status.error_code:
            raise RuntimeError(f"{name}: {status}")

    def describe(self, collection):
        request = milvus_pb2.DescribeCollectionRequest(db_name=self.db, collection_name=collection)
        return self.call("DescribeCollection", request)

    def indexes(self, collection):
        request = milvus_pb2.DescribeIndexRequest(db_name=self.db, collection_name=collection)
        answer = self.stub.DescribeIndex(request, timeout=110)
        if answer.status.code == NO_INDEX:
            return []
        self.require(answer.status, "DescribeIndex")
        return answer.index_descriptions

    def partitions(self, collection):
        request = milvus_pb2.ShowPartitionsRequest(db_name=self.db, collection_name=collection)
        return sorted(self.call("ShowPartitions", request).partition_names)

    def query(self, collection, expr, fields, partition=None):
        """The columns of all rows that `expr` takes, by name."""
        request = milvus_pb2.QueryRequest(
            db_name=self.db, collection_name=collection, expr=expr, output_fields=fields,
            partition_names=[partition] if partition else [], consistency_level=STRONG,
        )
        return {column.field_name: column for column in self.call("Query", request).fields_data}


def every_row(key):
    """An expression that takes every row. There is no form that starts below the smallest 64-bit number."""
    return f'{key.name} >= ""' if key.data_type == TYPE.VarChar else f"({key.name} <= 0) or ({key.name} > 0)"


def primary_key(description):
    return next(field for field in description.schema.fields if field.is_primary_key)


def scalars(scalar_field):
    """The values of a column or of one array. An empty array comes without a type."""
    kind = scalar_field.WhichOneof("data")
    return list(getattr(scalar_field, kind).data) if kind else []


# Milvus 2.3.5 gives every NaN of a double the bits of Go's when it loads a sealed segment, so a NaN is just that.
def float_bits(value):
    return struct.pack("<f", value).hex() if value == value else "nan"


def double_bits(value):
    return struct.pack("<d", value).hex() if value == value else "nan"


def values(column, rows, exact_json):
    """One value per row, floating-point numbers as their bits."""
    vectors = column.vectors.float_vector.data
    if column.type == TYPE.FloatVector:
        dim = column.vectors.dim
        packed = struct.pack(f"<{len(vectors)}f", *vectors).hex()
        return [packed[8 * dim * row : 8 * dim * (row + 1)] for row in range(rows)]
    data = scalars(column.scalars)
    if column.type == TYPE.Float:
        return [float_bits(value) for value in data]
    if column.type == TYPE.Double:
        return [double_bits(value) for value in data]
    if column.type == TYPE.JSON:
        return [value.decode() if exact_json else json.loads(value) for value in data]
    if column.type == TYPE.Array:
        return [array_values(value) for value in data]
    return data


def array_values(value):
    kind = value.WhichOneof("data")
    bits = {"float_data": float_bits, "double_data": double_bits}.get(kind, lambda one: one)
    return [bits(one) for one in scalars(value)]


def partition_rows(milvus, collection, partition, fields=None):
    """All rows of one partition as (key, row), in the order of their keys."""
    description = milvus.describe(collection)
    key = primary_key(description)
    names = fields or [field.name for field in description.schema.fields if not field.is_dynamic]
    if description.schema.enable_dynamic_field and not fields:
        names = sorted({*names, "$meta"})
    columns = milvus.query(collection, every_row(key), names, partition)
    if not columns:
        return []
    rows = len(scalars(columns[key.name].scalars))
    # Milvus Lite spaces JSON anew, so its text says nothing; a standalone server keeps it to the byte.
    by_name = {name: values(column, rows, not milvus.lite) for name, column in columns.items()}
    for name, column in by_name.items():
        assert len(column) == rows, f"{name} has {len(column)} values for {rows} rows"
    every = [{name: column[row] for name, column in sorted(by_name.items())} for row in range(rows)]
    return sorted(((row[key.name], row) for row in every), key=lambda pair: pair[0])
