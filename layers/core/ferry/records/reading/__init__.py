"""Reading many rows: which (`windows`), page by page (`pages`), in order (`placed`, `merging`).

`typed` makes columns of a page where its rows hold what their table's schema says.
"""
