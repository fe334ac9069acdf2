"""The client for programs that wait by `await`."""
