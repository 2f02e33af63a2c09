"""Scores of predictions, and how far answers can be guessed without the pixels."""
