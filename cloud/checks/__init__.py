"""What `make doctor` looks at, a module each; every check yields what it finds."""
