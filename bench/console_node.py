"""One size of `bench.console` in a process of its own, for a process serves one node only: travellers, users, seconds."""

from __future__ import annotations

import json
import sys

from bench.console import measured

if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))))
