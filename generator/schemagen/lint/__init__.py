"""The lint rules, what runs them, and what suppresses and fixes what they find."""
