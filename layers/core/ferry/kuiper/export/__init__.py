"""What goes out other than the whole document: named rules, the YAML form, rulesets."""
