"""The checks of `make doctor`, a module each; every check yields its findings."""
