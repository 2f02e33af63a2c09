"""Distortions of pictures and of regions under a mask."""
