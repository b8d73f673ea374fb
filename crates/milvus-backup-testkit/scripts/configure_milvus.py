# Writes configs/milvus.yaml below the base directory from the template of the milvus wheel.
# Standard input: {"base": DIR, "ports": {template key: port}}.
import json
import sys

from milvus import MilvusServerConfig

wanted = json.load(sys.stdin)
config = MilvusServerConfig(data_dir=wanted["base"])
config.config = {}
config.configs.update(wanted["ports"])
config.resolve()
