"""The engine's SQL: tokens, statements, and who reads them.

Source: contract configurations#tokens, cases 40-69.

`ddl.create.parse_source` reads CREATE STREAM and CREATE TABLE, `ddl.printing.print_source` writes
them; `query.select.parse_select` reads what a configuration asks of SELECT.
"""
