"""The round trip of `make demo` and `make smoke`: data in and out, every cell compared."""
