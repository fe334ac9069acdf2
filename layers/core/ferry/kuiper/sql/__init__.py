"""The engine's SQL (config.md B 4, vectors 40-69): tokens, statements, and who reads them.

`ddl.create.parse_source` reads CREATE STREAM and CREATE TABLE, `ddl.printing.print_source` writes
them; `query.select.parse_select` reads what a configuration asks of SELECT.
"""
