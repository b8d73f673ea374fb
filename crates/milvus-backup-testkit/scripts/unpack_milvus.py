# Unpacks the Milvus binary and its libraries, once, into <environment>/milvus/bin.
import sys
from pathlib import Path

from milvus import _initialize_data_files

_initialize_data_files(str(Path(sys.argv[1]) / "milvus"))
