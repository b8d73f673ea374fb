# Creates and drops a collection, so that an answer means: the coordinators are up, not only the proxy.
# It speaks gRPC with hand-made messages, because importing pymilvus takes longer than the probe.
# Standard input: {"target": HOST:PORT, "name": COLLECTION, "token": USER:PASSWORD or null, "tls": null or {...}, "seconds": N}.
import base64
import json
import sys
import time
from pathlib import Path

import grpc

wanted = json.load(sys.stdin)


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value)


def data(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def pem(path):
    return Path(path).read_bytes() if path else None


def channel():
    tls = wanted["tls"]
    if tls is None:
        return grpc.insecure_channel(wanted["target"])
    credentials = grpc.ssl_channel_credentials(pem(tls["ca"]), pem(tls["client_key"]), pem(tls["client_cert"]))
    options = [("grpc.ssl_target_name_override", tls["server_name"])]
    return grpc.secure_channel(wanted["target"], credentials, options)


def status(response):
    """The error code of a common.Status (0 is success) and the rest of it, for the message."""
    return (response[1] if response[:1] == b"\x08" else 0), response


def main():
    metadata = []
    if wanted["token"]:
        metadata = [("authorization", base64.b64encode(wanted["token"].encode()).decode())]
    name = wanted["name"]
    pk = number(1, 100) + data(2, "id") + number(3, 1) + number(5, 5)
    vector = number(1, 101) + data(2, "v") + number(5, 101) + data(6, data(1, "dim") + data(2, "2"))
    schema = data(1, name) + data(4, pk) + data(4, vector)
    calls = [
        ("CreateCollection", data(3, name) + data(4, schema) + number(5, 1)),
        ("DropCollection", data(3, name)),
    ]
    deadline = time.monotonic() + wanted["seconds"]
    with channel() as connection:
        while calls:
            method, request = calls[0]
            call = connection.unary_unary(f"/milvus.proto.milvus.MilvusService/{method}")
            try:
                code, answer = status(call(request, timeout=5, metadata=metadata, wait_for_ready=True))
            except grpc.RpcError as error:
                code, answer = error.code(), error.details()
            if code == 0:
                calls.pop(0)
            elif time.monotonic() > deadline:
                sys.exit(f"{method}: {code} {answer!r}")
            else:
                time.sleep(0.1)


main()
