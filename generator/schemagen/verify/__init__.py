"""The proofs: catalogues read back from real databases, and what they are compared with."""
