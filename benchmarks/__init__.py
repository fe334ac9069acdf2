"""What Ferry costs beside what people use instead: `make bench`; see docs/performance.md."""
