"""English: the lexicon, reading a text against the facts, the grammar that writes one, statistics of many."""
