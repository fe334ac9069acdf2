"""Ferry's own tables in DynamoDB: the registry of tables, their rows, and their unique indexes."""
