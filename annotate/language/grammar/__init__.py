"""The grammar teacher's English: patterns, banks of words for each distortion, frames, plans of discourse."""
