"""Exports other than the complete document: named rules, the YAML form, rulesets."""
