//! Backups made by the milvus-backup tool.
