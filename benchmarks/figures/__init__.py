"""Figures: reckoned, shown as tables and a picture, turned into dollars, put into documents."""
