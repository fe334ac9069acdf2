"""Place an item of each kind into a draft, or explain why it cannot be placed."""
