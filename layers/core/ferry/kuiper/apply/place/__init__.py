"""How an item of each kind gets into a draft, or why it does not."""
