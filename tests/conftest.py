from __future__ import annotations

import os

# As the command line does, before NumPy is loaded: waiting threads of linear algebra take processors from the tests.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
