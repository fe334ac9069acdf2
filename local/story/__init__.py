"""The round trip that `make demo` and `make smoke` tell: data in and out, every cell compared."""
