"""The parts of ``scripts/build_default_model.py``: what is read, what the teacher is asked, how the student learns."""
