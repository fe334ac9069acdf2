"""The table that everybody reads and writes. It imports nothing: it is part of what is measured."""

TABLE = "records"

FIELDS = {
    "code": "string",
    "n": "integer",
    "price": "number",
    "active": "boolean",
    "email": "string",
    "name": "string",
    "created": "string",
    "tags": "array",
    "addr": "object",
    "note": "string",
}
"""The ten fields of a row with their types; `note` is null in one row of ten."""

COLUMNS = (
    "_sk",
    "created_by",
    "created_at",
    "updated_at",
    *FIELDS,
    "read_perm",
    "write_perm",
)
"""The attributes of an item that a file shows. Ferry's own files call the first one `id`."""

EXPORT_JOB = "0123456789abcdef0123456789abcdef"
IMPORT_JOB = "fedcba9876543210fedcba9876543210"
ACCEPTED_AT = 1_780_000_000
"""When Ferry's jobs were accepted, Unix seconds: ids of imported rows derive from it."""

DESCRIPTION = {
    "TableName": TABLE,
    "TableStatus": "ACTIVE",
    "KeySchema": [
        {"AttributeName": "_pk", "KeyType": "HASH"},
        {"AttributeName": "_sk", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "_pk", "AttributeType": "S"},
        {"AttributeName": "_sk", "AttributeType": "S"},
    ],
    "ProvisionedThroughput": {"ReadCapacityUnits": 100, "WriteCapacityUnits": 100},
}
"""The table as DescribeTable tells of it."""
