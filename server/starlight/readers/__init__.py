"""Files of every kind into text: bytes in, a ``Document`` out.  No file, no clock, no network."""
