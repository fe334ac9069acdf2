"""DynamoDB, S3, SQS and SES behind classes that speak domain types.

Each holds a name and fetches its client on first use. `control/` is the control table, one module
an entity; `records` is the records table; the rest are the other services.
"""
