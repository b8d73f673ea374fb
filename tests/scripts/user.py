# Creates a user with a role of these privileges, and no others but those of everyone.
# Given {"uri", "token", "user", "password", "privileges": [[OBJECT TYPE, PRIVILEGE]]}. Prints null.
from pymilvus import MilvusClient

client = MilvusClient(given["uri"], token=given["token"])
client.create_user(given["user"], given["password"])
role = given["user"] + "_role"
client.create_role(role)
for object_type, privilege in given["privileges"]:
    client.grant_privilege(role, object_type, privilege, "*")
client.grant_role(given["user"], role)
# The proxy learns of a grant a little later.
time.sleep(3)
print("null")
