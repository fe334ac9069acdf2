"""The use cases of exporting and importing: accept a job, run it, see to it, show it."""
