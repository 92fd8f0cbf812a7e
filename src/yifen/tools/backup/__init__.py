"""Base backups 基础备份 and the WAL beside them, by PostgreSQL's own programs; and the way back."""
