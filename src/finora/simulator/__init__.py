"""A Cursor Admin API in a box, and the synthetic company behind it.

For `finora demo`, tests and benchmarks; nothing else of Finora may import it. In a test:

    simulation = small(faults=Faults(seed=1, late_permille=50))
    with serve_in_thread(simulation) as served:
        ...  # point a client at served.base_url with simulation.key
        simulation.clock.advance(6 * HOUR_MS)  # late events show, charges are revised, new events happen
        simulation.settle()  # or all at once
        assert ours == simulation.truth.by_person()

`Faults` says what goes wrong, `Behaviour` how the API decides what its documentation leaves open, and `Truth`,
which is never served, what really happened.
"""

from finora.simulator.behaviour import Behaviour
from finora.simulator.clock import Clock, ManualClock, RunningClock
from finora.simulator.company import Company
from finora.simulator.faults import Faults
from finora.simulator.in_process import InProcessTransport, Reader
from finora.simulator.scenario import UNLIMITED, bench, demo, live, sample, small
from finora.simulator.server import create_app
from finora.simulator.simulation import Simulation, TeamKeys
from finora.simulator.threaded import Served, serve_in_thread
from finora.simulator.truth import Amount, Sighting, Truth

__all__ = [
    "UNLIMITED",
    "Amount",
    "Behaviour",
    "Clock",
    "Company",
    "Faults",
    "InProcessTransport",
    "ManualClock",
    "Reader",
    "RunningClock",
    "Served",
    "Sighting",
    "Simulation",
    "TeamKeys",
    "Truth",
    "bench",
    "create_app",
    "demo",
    "live",
    "sample",
    "serve_in_thread",
    "small",
]
