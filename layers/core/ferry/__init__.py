"""Imports and exports of table rows: what every function shares."""
