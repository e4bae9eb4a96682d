"""The API for laboratories, carriers and integrators."""
