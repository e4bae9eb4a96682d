"""The second engine: people drawn one by one."""
