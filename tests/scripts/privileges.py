# Measures which privilege each call needs on a Milvus with authorization, for docs/privileges.md. Run by hand:
#   python tests/scripts/privileges.py HOST:PORT
# It creates the user `measured` with a role without a privilege, calls everything, and prints what is refused.
import base64
import sys

import grpc
from pymilvus.grpc_gen import common_pb2, milvus_pb2, milvus_pb2_grpc

stub = milvus_pb2_grpc.MilvusServiceStub(grpc.insecure_channel(sys.argv[1]))


def call(name, request, token):
    """What the server answers: a refusal of the transport, or the status inside the answer."""
    metadata = [("authorization", base64.b64encode(token.encode()).decode())]
    try:
        answer = getattr(stub, name)(request, metadata=metadata, timeout=20)
    except grpc.RpcError as error:
        return f"{error.code().name}: {error.details()}"
    status = getattr(answer, "status", answer)
    return "allowed" if not getattr(status, "code", 0) else f"allowed, then {status.code}: {status.reason}"


password = base64.b64encode(b"Passw0rd").decode()
root = "root:Milvus"
call("CreateCredential", milvus_pb2.CreateCredentialRequest(username="measured", password=password), root)
call("CreateRole", milvus_pb2.CreateRoleRequest(entity=milvus_pb2.RoleEntity(name="measured")), root)
call("OperateUserRole", milvus_pb2.OperateUserRoleRequest(username="measured", role_name="measured"), root)
print("a wrong password:", call("ShowCollections", milvus_pb2.ShowCollectionsRequest(), "root:wrong"))
none = {"collection_name": "no_such_collection"}
ttl = common_pb2.KeyValuePair(key="collection.ttl.seconds", value="1")
for name, request in [
    ("Connect", milvus_pb2.ConnectRequest(client_info=common_pb2.ClientInfo(sdk_type="measure"))),
    ("GetVersion", milvus_pb2.GetVersionRequest()),
    ("ShowCollections", milvus_pb2.ShowCollectionsRequest()),
    ("DescribeCollection", milvus_pb2.DescribeCollectionRequest(**none)),
    ("DescribeIndex", milvus_pb2.DescribeIndexRequest(**none)),
    ("DescribeDatabase", milvus_pb2.DescribeDatabaseRequest(db_name="default")),
    ("ShowPartitions", milvus_pb2.ShowPartitionsRequest(**none)),
    ("ListAliases", milvus_pb2.ListAliasesRequest(**none)),
    ("GetReplicas", milvus_pb2.GetReplicasRequest(**none)),
    ("GetLoadState", milvus_pb2.GetLoadStateRequest(**none)),
    ("GetLoadingProgress", milvus_pb2.GetLoadingProgressRequest(**none)),
    ("LoadCollection", milvus_pb2.LoadCollectionRequest(**none)),
    ("ReleaseCollection", milvus_pb2.ReleaseCollectionRequest(**none)),
    ("AllocTimestamp", milvus_pb2.AllocTimestampRequest()),
    ("Query", milvus_pb2.QueryRequest(**none)),
    ("GetCollectionStatistics", milvus_pb2.GetCollectionStatisticsRequest(**none)),
    ("GetPartitionStatistics", milvus_pb2.GetPartitionStatisticsRequest(partition_name="_default", **none)),
    ("CreateCollection", milvus_pb2.CreateCollectionRequest(**none)),
    ("CreatePartition", milvus_pb2.CreatePartitionRequest(partition_name="p", **none)),
    ("Insert", milvus_pb2.InsertRequest(**none)),
    ("Flush", milvus_pb2.FlushRequest(collection_names=["no_such_collection"])),
    ("GetFlushState", milvus_pb2.GetFlushStateRequest(**none)),
    ("CreateIndex", milvus_pb2.CreateIndexRequest(**none)),
    ("AlterCollection", milvus_pb2.AlterCollectionRequest(properties=[ttl], **none)),
    ("RenameCollection", milvus_pb2.RenameCollectionRequest(oldName="no_such_collection", newName="no_other")),
    ("DropCollection", milvus_pb2.DropCollectionRequest(**none)),
    ("CreateAlias", milvus_pb2.CreateAliasRequest(alias="no_such_alias", **none)),
    ("AlterAlias", milvus_pb2.AlterAliasRequest(alias="no_such_alias", **none)),
    ("CreateDatabase", milvus_pb2.CreateDatabaseRequest(db_name="measured")),
    ("Import", milvus_pb2.ImportRequest(files=["rows.parquet"], **none)),
    ("GetImportState", milvus_pb2.GetImportStateRequest(task=1)),
]:
    print(f"{name:24} {call(name, request, 'measured:Passw0rd')}")
