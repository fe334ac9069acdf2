"""The use cases of exporting and importing.

* exporting, importing   what is particular to each
* acceptance, run        every job's beginning, and a worker's hold on it
* view, ending, sweep    jobs shown, ended by hand, seen to when nobody does
"""
