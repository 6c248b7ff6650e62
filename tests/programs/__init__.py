"""Programs of the Makefile that take as long as one lets them."""
