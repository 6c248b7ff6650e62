"""What ``schemagen explain`` tells about errors: a module for each stage, a page for each code."""
