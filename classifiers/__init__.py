"""Text in, labels out. Imports nothing of ours, knows no database."""

import os

# OpenBLAS reads this once, when numpy is first imported. Threads of its own only get in the way:
# on two busy cores they slow the sentence encoder down a hundredfold.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
