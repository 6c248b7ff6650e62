"""The resolved schema as data: types, values, names, triggers, and the model that holds them."""
