"""CREATE STREAM and CREATE TABLE: fields, options, defaults."""
