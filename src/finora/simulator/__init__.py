"""A Cursor Admin API in a box, and the synthetic company behind it.

For `finora demo`, tests and benchmarks; nothing else of Finora may import it.
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
