"""The proofs: catalogs read back from real databases, and what they are compared with."""
