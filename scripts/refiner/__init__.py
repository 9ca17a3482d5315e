"""How the small transformer that ships with Starlight is built."""
