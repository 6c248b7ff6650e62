"""What `explain`, `guide`, `schema` and `init` print."""
