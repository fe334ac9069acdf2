"""Letters: the mail that says how a job ended, and the pages behind a link that does not open.

Pure text: facts in, words out. No AWS, no environment, no clock.
"""
