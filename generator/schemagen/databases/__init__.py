"""Real databases: servers, URLs, scratch databases, and values as drivers hold them."""
