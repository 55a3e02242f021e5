"""`veena3 plan`, and its plans on a simulation of scaling."""

import json

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from benchmarks.scaling import Scaling
from shared.errors import CommandFailed
from tools.capacity import ASSUMED, ContainerCapacity, Demand, mean_sound_s, measured, plan

TEN = ContainerCapacity("ten", sound_per_s=40.0, pace=4.0, basis="measured")
ROW = {"underruns": 0, "refused": 0, "failed": 0, "rtf_p50": 0.25}


def test_plan_follows_the_documented_arithmetic():
    chosen = plan(Demand(rate=14, sound_s=4.0), TEN)  # 14 at once, in containers for ten that are filled with seven
    assert (chosen.max_running, chosen.target_inputs, chosen.containers) == (10, 7, 2)
    assert chosen.buffer == 2  # 14 and three deviations are 26: four containers
    assert mean_sound_s({2: 60, 8: 30, 30: 10}) == pytest.approx(6.6)


def test_measured_capacity_is_the_last_row_before_the_first_gap():
    rows = [ROW | {"sound_per_s": 10.0}, ROW | {"sound_per_s": 20.0}, ROW | {"sound_per_s": 30.0, "underruns": 1}]
    assert measured("here", rows) == ContainerCapacity("here", 20.0, 4.0, "measured")
    with pytest.raises(ValueError, match="lowest"):
        measured("here", rows[2:])


@pytest.mark.parametrize("container", ASSUMED[1::2], ids=lambda container: container.name)
def test_requests_wait_only_while_the_planned_containers_start(container):
    demand = Demand(rate=200, sound_s=4.0)
    chosen = plan(demand, container)
    times = {"cold_start_s": 60.0, "scaledown_s": 120.0, "seed": 3}
    planned = Scaling(chosen, demand, **times, warm=chosen.containers + chosen.buffer).run(120)
    assert planned.requests > 23_000 and planned.waiting_share < 0.001
    cold = Scaling(chosen, demand, **times, warm=1).run(120)
    assert cold.waiting_share > 0.3 and 20 < cold.wait_max_s < 120 and cold.max_containers > chosen.containers


def test_plan_covers_every_gpu_and_marks_assumed_capacities(tmp_path):
    curve = tmp_path / "laptop.json"
    rows = [{"transports": {"http": ROW | {"sound_per_s": 3.0}}}, {"transports": {"http": ROW | {"sound_per_s": 5.0}}}]
    curve.write_text("\n".join(json.dumps(row, indent=2) for row in rows))
    ran = CliRunner().invoke(app, ["plan", "--rps", "200", "--mix", "2:60,8:40", "--curve", str(curve)])
    assert ran.exit_code == 0, ran.output
    lines = {line.split()[1]: line for line in ran.output.splitlines() if "assumed" in line or "measured" in line}
    assert {"laptop", *(container.name for container in ASSUMED)} <= lines.keys() and "measured" in lines["laptop"]


@pytest.mark.parametrize("more", [["--mix", "a"], ["--mix", "0"], ["--curve", "/nowhere.json"]])
def test_invalid_arguments_fail_with_one_line(more):
    ran = CliRunner().invoke(app, ["plan", "--rps", "1", *more])
    assert isinstance(ran.exception, CommandFailed) and "\n" not in str(ran.exception)
