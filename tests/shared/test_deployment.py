import pytest

from shared.config import SnapshotMode
from shared.deployment import Deployment, read_deployment


def test_a_container_reads_the_same_deployment_that_was_deployed(monkeypatch):
    deployed = Deployment(
        revision="r1", gpu="H100!", region="eu-west", secret_keys="A, B", target_inputs=3, snapshot="gpu", cpu=1.5
    )
    for name, value in deployed.environment().items():
        monkeypatch.setenv(name, value)
    assert read_deployment() == deployed and deployed.secret_keys == ("A", "B")


def test_service_settings_follow_from_the_deployment():
    told = Deployment(revision="r1", max_inputs=5, snapshot=SnapshotMode.CPU).environment()
    assert (told["CHECKPOINT"], told["MAX_RUNNING"], told["SNAPSHOT"]) == ("/models/r1", "5", "cpu")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GPU", "L999", "Input should be 'L4', 'A10', 'L40S'"),
        ("GPU", "T4", "Input should be 'L4'"),
        ("REGION", "mars", "Input should be 'us', 'us-east'"),
        ("ROUTING_REGION", "pluto", "Input should be 'us-east', 'us-west', 'eu-west' or 'ap-south'"),
        ("SNAPSHOT", "warm", "Input should be 'off', 'cpu' or 'gpu'"),
        ("MIN_CONTAINERS", "11", "should be at most DEPLOY_MAX_CONTAINERS"),
        ("TARGET_INPUTS", "33", "should be at most DEPLOY_MAX_INPUTS"),
        ("REVISION", "../other", "String should match pattern"),
        ("MAX_INPUTS", "many", "Input should be a valid integer"),
    ],
)
def test_value_that_modal_would_accept_is_refused_in_one_line(monkeypatch, name, value, said):
    monkeypatch.setenv("DEPLOY_REVISION", "r1")
    monkeypatch.setenv(f"DEPLOY_{name}", value)
    with pytest.raises(SystemExit) as refused:
        read_deployment()
    line = str(refused.value)
    assert line.startswith(f"app.py: setting DEPLOY_{name}: ") and said in line and "\n" not in line
