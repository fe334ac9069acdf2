"""Imports and exports of table rows and rule-engine configurations, shared by every function."""
