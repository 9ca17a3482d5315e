"""What Starlight does, in values and paths: no protocol, no terminal, no editor."""
