"""What every floor may use: diagnostics, text and where files lie; nothing here knows what a schema is."""
