"""A live database beside the specs: how it differs, and the SQL that repairs it."""
