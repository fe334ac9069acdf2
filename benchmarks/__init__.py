"""Benchmarks of Ferry beside its alternatives: `make bench`; see docs/performance.md."""
