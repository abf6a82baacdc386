"""A folder laid out like moto's own package; appended to `moto.__path__` by `register`."""
