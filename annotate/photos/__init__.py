"""Photos before anything is done to them: the catalogue, copies of one another, cleanliness."""
