"""What an object of the API is: kinds, schema, defaults, validation, patches. Pure functions; no I/O, no asyncio."""
