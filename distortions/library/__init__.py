"""One file is one distortion, called "folder.file". ``distortions.library`` is also the entry-point group of other packages."""
