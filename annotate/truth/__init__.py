"""What is true of a picture: the facts of its regions and the one right answer of a question."""
