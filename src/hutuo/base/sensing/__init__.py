"""Sensors by the SensorThings model: they lie in the store, what they read lies among the observations."""
