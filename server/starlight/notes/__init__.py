"""Notes as text: parsing, chunking, links, words.  Pure: text in, values out; no file, no clock, no database."""
