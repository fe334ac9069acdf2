"""The data of the benchmarks: seeded rows, their files, and the check of what was written."""
