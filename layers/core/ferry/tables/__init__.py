"""Tables: their schema, the rules of their values, the records they hold. Pure."""
