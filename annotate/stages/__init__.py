"""The stages of a build: plain functions over a photo, a picture or a chunk of them; none knows how it is scheduled."""
