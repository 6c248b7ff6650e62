"""From YAML text to the spec language, each part with its position."""
