"""Configurations of rule engines: imported, exported, compared and rolled back.

* history    the revisions of an app's configuration, and the one in force
* starting   an import accepted; waiting, answers, tasks: what its caller is told
* importing  an import run by the processor, with its files and its outcome
* exporting, viewing, uploads   what else the engine's API offers
* sending    answers that are too large for a function
"""
