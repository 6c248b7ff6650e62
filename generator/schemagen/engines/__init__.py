"""The two engines: what their statements look like, and what their catalogs say."""
