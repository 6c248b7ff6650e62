"""What is written from a finished schema: each target gives paths below the output folder and their text."""
