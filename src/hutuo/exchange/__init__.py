"""Exchange: contracts between cities, markets of needs and offers, what is recognised mutually."""

__all__: list[str] = []
