"""The index of a folder: SQLite with FTS5 for the words and sqlite-vec for the vectors.

Derived and disposable: everything in it can be made again from the notes.
"""
