"""Parquet files (https://parquet.apache.org/docs/file-format/). Pure.

Writing is ours, row group by row group. Reading is arro3's, a library that only the process of
`reading` loads.
"""

MAGIC = b"PAR1"
"""The first and the last bytes of a file."""

MEDIA_TYPE = "application/vnd.apache.parquet"
"""https://www.iana.org/assignments/media-types/application/vnd.apache.parquet"""
