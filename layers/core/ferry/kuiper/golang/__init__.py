"""Parts of Go's standard library that the engine's API exposes: %q, numbers, durations."""
