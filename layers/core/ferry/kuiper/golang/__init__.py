"""What else of Go's standard library shows through the engine's API: %q, numbers, durations."""
