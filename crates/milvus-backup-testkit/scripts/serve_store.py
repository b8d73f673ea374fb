"""Examines and changes the objects of one store with the client of its vendor.

Each request is a line of JSON, followed by as many bytes as its `size` says; so is each response.
"""

import json
import sys

given = json.loads(sys.stdin.buffer.readline())


class S3:
    def __init__(self):
        import boto3
        from botocore.config import Config

        self.client = boto3.client(
            "s3",
            endpoint_url=given["endpoint"],
            aws_access_key_id=given["user"],
            aws_secret_access_key=given["secret"],
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )

    def make(self, bucket):
        self.client.create_bucket(Bucket=bucket)

    def list(self, bucket, prefix):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [[found["Key"], found["Size"]] for page in pages for found in page.get("Contents", [])]

    def uploads(self, bucket, prefix):
        pages = self.client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix)
        return [found["Key"] for page in pages for found in page.get("Uploads", [])]

    def get(self, bucket, key):
        return self.client.get_object(Bucket=bucket, Key=key)["Body"].read()

    def modified(self, bucket, key):
        return str(self.client.head_object(Bucket=bucket, Key=key)["LastModified"])

    def put(self, bucket, key, body):
        self.client.put_object(Bucket=bucket, Key=key, Body=body)

    def delete(self, bucket, key):
        self.client.delete_object(Bucket=bucket, Key=key)


class Azure:
    def __init__(self):
        from azure.storage.blob import BlobServiceClient

        credential = {"account_name": given["user"], "account_key": given["secret"]}
        # The newest version of the interface that the emulator knows is older than that of the client.
        self.client = BlobServiceClient(given["endpoint"], credential=credential, api_version="2025-01-05", retry_total=0)

    def container(self, name):
        return self.client.get_container_client(name)

    def make(self, bucket):
        self.client.create_container(bucket)

    def list(self, bucket, prefix):
        return [[found.name, found.size] for found in self.container(bucket).list_blobs(name_starts_with=prefix)]

    def uploads(self, bucket, prefix):
        whole = {name for name, _ in self.list(bucket, prefix)}
        everything = self.container(bucket).list_blobs(name_starts_with=prefix, include=["uncommittedblobs"])
        return [found.name for found in everything if found.name not in whole]

    def get(self, bucket, key):
        return self.container(bucket).download_blob(key).readall()

    def modified(self, bucket, key):
        return str(self.container(bucket).get_blob_client(key).get_blob_properties().last_modified)

    def put(self, bucket, key, body):
        self.container(bucket).upload_blob(key, body, overwrite=True)

    def delete(self, bucket, key):
        self.container(bucket).delete_blob(key)

    def reader(self, bucket):
        """Returns a signature that allows its holder to read and to list."""
        from datetime import datetime, timedelta, timezone

        from azure.storage.blob import ContainerSasPermissions, generate_container_sas

        return generate_container_sas(
            given["user"],
            bucket,
            account_key=given["secret"],
            permission=ContainerSasPermissions(read=True, list=True),
            expiry=datetime.now(timezone.utc) + timedelta(days=1),
            version="2025-01-05",
        )


store = Azure() if given["kind"] == "azure" else S3()
while line := sys.stdin.buffer.readline():
    request = json.loads(line)
    body = sys.stdin.buffer.read(request["size"])
    arguments = request["arguments"] + ([body] if request["call"] == "put" else [])
    content = b""
    try:
        answer = {"value": getattr(store, request["call"])(*arguments)}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    if isinstance(answer.get("value"), bytes):
        content, answer = answer["value"], {"value": None}
    sys.stdout.buffer.write(json.dumps(answer | {"size": len(content)}).encode() + b"\n" + content)
    sys.stdout.buffer.flush()
