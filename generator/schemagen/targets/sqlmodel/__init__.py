"""The target `sqlmodel`."""
