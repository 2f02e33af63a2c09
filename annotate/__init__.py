"""Builds multi-granularity image quality datasets. Importing it loads nothing heavy; see ``annotate --help``."""

__version__ = "0.1.0"
