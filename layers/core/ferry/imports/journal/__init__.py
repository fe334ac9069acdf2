"""Changes of imports, row by row: noted before they are written, shown, undone and applied.

* `swap`          one row before and after; pure
* `journal`       swaps in a bucket, in pieces, in their order
* `overlay`       what a dry run would have written
* `differences`   the file of differences
* `replaying`     undo and apply
"""
