"""The measured ways to export and import a table, each as people usually write it.

A module is one way: `export_csv(path)`, `export_jsonl(path)`, `import_csv(path)` and
`import_jsonl(path)` write or read the file. All export the columns of `table.COLUMNS`. All import
the ten fields of `table.FIELDS`: scripts under an id of their own, Ferry as it stores rows.
"""
