"""The target `docs`: spec documents and the migrations guide."""
