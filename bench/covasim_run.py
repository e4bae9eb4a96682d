"""Covasim on a question that a border asks: N infected people, tests of everyone on given days, who is not found by the end.

It is run as a program of its own, because Covasim changes settings of the whole process, and it imports nothing of this
project, so that the interpreter may be one that has Covasim only. Prints one JSON object.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
import warnings

TEST_DAYS = (3, 7, 12)
LAST_DAY = 14
SENSITIVITY = 0.8
# Mean and standard deviation in days: Covasim's own for the time to infectiousness, and of infectiousness without symptoms.
LATENT = (4.5, 1.5)
INFECTIOUS = (8.0, 2.0)


def measure(agents: int, repeats: int) -> dict[str, object]:
    """CPU seconds of a policy, made and run anew as each policy must be, and of the run alone; shares of the agents."""
    started = time.process_time()
    import covasim
    import numpy as np

    imported = time.process_time() - started
    whole: list[float] = []
    stepped: list[float] = []
    found = infectious = float("nan")
    for seed in range(1 + repeats):  # the first compiles
        started = time.process_time()
        tests = [
            covasim.test_prob(
                name=f"test_{day}",
                symp_prob=1.0,
                asymp_prob=1.0,
                sensitivity=SENSITIVITY,
                test_delay=1,
                start_day=day,
                end_day=day,
            )
            for day in TEST_DAYS
        ]
        sim = covasim.Sim(
            pop_size=agents,
            pop_infected=agents,
            n_days=LAST_DAY,
            rand_seed=seed,
            beta=0.0,  # nobody infects anybody
            contacts={"a": 0},
            rel_symp_prob=0.0,
            use_waning=False,
            rescale=False,
            interventions=tests,
            verbose=0,
        )
        sim.init()
        ready = time.process_time()
        sim.run()
        whole.append(time.process_time() - started)
        stepped.append(time.process_time() - ready)
        covid = sim.diseases.covid
        found = float(np.count_nonzero(covid.diagnosed.values)) / agents
        infectious = float(np.count_nonzero((covid.infectious & ~covid.diagnosed).values)) / agents
    return {
        "version": covasim.__version__,
        "agents": agents,
        "import_seconds": imported,
        "seconds": sorted(whole[1:])[repeats // 2],
        "stepping_seconds": sorted(stepped[1:])[repeats // 2],
        "found": found,
        "infectious": infectious,
    }


def main() -> None:
    """Run with the numbers of agents and repeats as arguments."""
    os.environ |= {"COVASIM_VERBOSE": "0", "COVASIM_INTERACTIVE": "0", "STARSIM_INSTALL_FONTS": "0", "MPLBACKEND": "Agg"}
    warnings.simplefilter("ignore")
    with contextlib.redirect_stdout(io.StringIO()):
        result = measure(int(sys.argv[1]), int(sys.argv[2]))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
