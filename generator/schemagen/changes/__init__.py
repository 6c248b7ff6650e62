"""What differs between two schemas, as data, and migrations as data."""
