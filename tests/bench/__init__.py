"""Benchmarks.  What is measured in this process does its sums on one thread, as the processes of Starlight do."""

from starlight import blas

blas.keep_to_one_thread()
