"""The proofs: one claim a module."""
