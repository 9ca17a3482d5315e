"""Models on this machine.  Each heavy library is imported in one module, when it is first needed."""
