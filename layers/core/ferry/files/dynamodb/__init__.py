"""DynamoDB JSON: an item a line, each value with the type that DynamoDB stores it in."""
