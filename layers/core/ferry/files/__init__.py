"""Files of rows, bytes in and bytes out. Pure.

* formats                          the registry: one entry for each format
* format                           what a format is: its readers, writers and packing
* csv, json, xlsx                  what each format has of its own
* entries, failures                what a file is made of: records, and those that failed
* records, scanning, bulks         records in a stream of blocks, one by one and many at a time
* incoming, encoding, transcoding, unpacking   files as they come: named, encoded, compressed
* shaping, packing, deflate        files as they go out
* position                         how far a file is read or written
"""
