"""Rules: their JSON, their options, their graphs, and whether what they read from exists."""
