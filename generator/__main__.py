"""python -m generator."""

import gc
import os
import sys

from generator.cli import main

gc.disable()  # a command ends soon and keeps what it makes; collecting took a fifth of its time
try:
    status = main(sys.argv[1:])
    sys.stdout.flush()
except BrokenPipeError:  # whoever reads has seen enough, such as head
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    status = 1
sys.exit(status)
