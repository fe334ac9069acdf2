"""JSON files and JSON Lines files."""
