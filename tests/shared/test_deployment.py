import pytest

from shared.config import Settings, SnapshotMode
from shared.deployment import Deployment, read_deployment


def test_a_container_reads_the_same_deployment_that_was_deployed(monkeypatch):
    deployed = Deployment(
        revision="r1", gpu="H100!", region="eu-west", secret_keys="A, B", target_inputs=3, snapshot="gpu", cpu=1.5
    )
    for name, value in deployed.environment().items():
        monkeypatch.setenv(name, value)
    assert read_deployment() == deployed and deployed.secret_keys == ("A", "B")


def test_service_settings_follow_from_the_deployment():
    told = Deployment(revision="r1", max_running=5, snapshot=SnapshotMode.CPU).environment()
    assert (told["CHECKPOINT"], told["MAX_RUNNING"], told["SNAPSHOT"]) == ("/models/r1", "5", "cpu")


def test_container_takes_more_inputs_than_speak_at_once():
    """Silent sockets fill inputs, not slots, and start no container before twice the slots."""
    deployed = Deployment(revision="r1", max_running=32)
    assert (deployed.comfortable_inputs, deployed.most_inputs) == (64, 96)
    assert deployed.most_inputs - deployed.max_running <= Settings.model_fields["max_waiting"].default
    assert Deployment(revision="r1", max_running=1000).comfortable_inputs == 1000


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GPU", "L999", "Input should be 'L4', 'A10', 'L40S'"),
        ("GPU", "T4", "Input should be 'L4'"),
        ("REGION", "mars", "Input should be 'us', 'us-east'"),
        ("ROUTING_REGION", "pluto", "Input should be 'us-east', 'us-west', 'eu-west' or 'ap-south'"),
        ("SNAPSHOT", "warm", "Input should be 'off', 'cpu' or 'gpu'"),
        ("MIN_CONTAINERS", "11", "should be at most DEPLOY_MAX_CONTAINERS"),
        ("TARGET_INPUTS", "97", "should be at most DEPLOY_MAX_INPUTS"),
        ("MAX_INPUTS", "31", "should be at least DEPLOY_MAX_RUNNING"),
        ("DIRECT_MIN_CONTAINERS", "3", "should be at most DEPLOY_DIRECT_MAX_CONTAINERS"),
        ("REVISION", "../other", "String should match pattern"),
        ("MAX_INPUTS", "many", "Input should be a valid integer"),
        ("MAX_CONTAINER", "3", "there is none of this name; did you mean DEPLOY_MAX_CONTAINERS?"),
        ("COLOUR", "blue", "there is none of this name"),
    ],
)
def test_value_that_modal_would_accept_is_refused_in_one_line(monkeypatch, name, value, said):
    monkeypatch.setenv("DEPLOY_REVISION", "r1")
    monkeypatch.setenv(f"DEPLOY_{name}", value)
    with pytest.raises(SystemExit) as refused:
        read_deployment()
    line = str(refused.value)
    assert line.startswith(f"app.py: setting DEPLOY_{name}: ") and said in line and "\n" not in line
