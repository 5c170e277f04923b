"""What shall run: plans, the units of the services, and which of them are chosen."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import psutil
import pytest

from kanvas_local.errors import StackError
from kanvas_local.kafka import cluster_id
from kanvas_local.layout import Layout
from kanvas_local.ports import Ports
from kanvas_local.processes import ProcessId
from kanvas_local.secret_files import ensure_random_key, ensure_token_key
from kanvas_local.services import LATER, SERVICES, Services
from kanvas_local.stack import choose_units
from kanvas_local.state import StackState, UnitState
from kanvas_local.status import status_table
from kanvas_local.units import Plan, Unit

_EACH_TIME = {"topics", "schema"}
_UNIT = Unit(
    name="timeline-1",
    argv=("python", "-m", "kanvas_timeline"),
    env={"KANVAS_INSTANCE": "timeline-1"},
    needs=("topics",),
    ports=(9408, 9409),
    version="1",
)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "stack")
    layout.make()
    return layout


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    plan = Plan(9380, 2, {"timeline-1": _UNIT})
    plan.write(tmp_path / "plan.json")
    assert Plan.read(tmp_path / "plan.json") == plan
    assert Plan.read(tmp_path / "none.json") == Plan()


def test_a_plan_of_an_earlier_release_is_read(tmp_path: Path) -> None:
    unit = '{"kafka": {"name": "kafka", "argv": ["java"]}}'
    path = tmp_path / "plan.json"
    path.write_text(f'{{"base_port": 9380, "instances": 1, "units": {unit}}}')
    assert Plan.read(path) == Plan(9380, 1, {"kafka": Unit(name="kafka", argv=("java",))})


def test_a_unit_whose_code_changed_is_another_unit() -> None:
    assert dataclasses.replace(_UNIT, version="2").digest != _UNIT.digest
    assert dataclasses.replace(_UNIT).digest == _UNIT.digest


def test_a_gateway_whose_page_changed_is_another_unit(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = tmp_path / "web"
    web.mkdir()
    monkeypatch.setattr("kanvas_local.services.WEB", web)
    services = Services(layout, Ports(9380), 1)
    before = {unit.name: unit.digest for unit in services.units()}
    (web / "index.html").write_text("<main></main>")
    after = {unit.name: unit.digest for unit in services.units()}
    # It has the page in memory since it started.
    assert {name for name, digest in after.items() if digest != before[name]} == {
        "page",
        "gateway-1",
        *_EACH_TIME,
    }


def test_what_a_server_may_have_lost_is_made_again_by_each_start(layout: Layout) -> None:
    services = Services(layout, Ports(9380), 2)
    first, second = ({unit.name: unit for unit in services.units()} for _ in range(2))
    assert {name for name, unit in second.items() if unit.digest != first[name].digest} == (
        _EACH_TIME
    )
    assert {unit.kind for name, unit in first.items() if name in _EACH_TIME} == {"task"}


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    state = StackState(
        supervisor=ProcessId(1, 25),
        base_port=9380,
        units={"kafka": UnitState(phase="ready", process=ProcessId(7, 85), restarts=1)},
    )
    state.write(tmp_path / "stack.json")
    assert StackState.read(tmp_path / "stack.json") == state


def test_a_recycled_pid_is_not_the_old_process() -> None:
    me = ProcessId.of(os.getpid())
    assert me.find() == psutil.Process()
    assert ProcessId(me.pid, me.started - 60).find() is None


def test_two_instances_share_no_port(layout: Layout) -> None:
    units = Services(layout, Ports(9380), 2).units()
    ports = [port for unit in units for port in unit.ports]
    assert len(ports) == len(set(ports)) == 4 * 2 * 2 + 4
    assert all(9380 <= port < 9420 for port in ports)


def test_every_instance_of_a_gateway_knows_all_instances_behind_it(layout: Layout) -> None:
    units = {unit.name: unit for unit in Services(layout, Ports(9380), 2).units()}
    gateway = units["gateway-2"].env
    assert gateway["KANVAS_TIMELINE_TARGETS"] == "127.0.0.1:9408,127.0.0.1:9410"
    assert gateway["KANVAS_HTTP_LISTEN"] == "127.0.0.1:9382"
    assert gateway["KANVAS_STREAM_PUBLIC_URL"] == "ws://127.0.0.1:9383/v1/stream"


def test_what_is_chosen_brings_what_it_needs(layout: Layout) -> None:
    servers = [
        Unit(name="kafka", argv=("true",)),
        Unit(name="cassandra", argv=("true",)),
        Unit(name="triton", argv=("true",)),
    ]
    services = Services(layout, Ports(9380), 2).units()
    known = {unit.name: unit for unit in (*servers, *services)}
    assert set(choose_units(known, ["timeline"])) == {
        "kafka", "cassandra", "topics", "schema", "timeline-1", "timeline-2",
    }  # fmt: skip
    assert set(choose_units(known, [*(server.name for server in servers), *SERVICES])) == set(known)


def test_no_service_starts_after_what_may_come_later(layout: Layout) -> None:
    services = [unit for unit in Services(layout, Ports(9380), 2).units() if unit.kind == "server"]
    assert len(services) == 2 * len(SERVICES)
    assert all(not set(unit.needs) & set(LATER) for unit in services)


def test_a_name_that_is_no_units_is_told(layout: Layout) -> None:
    known = {unit.name: unit for unit in Services(layout, Ports(9380), 1).units()}
    with pytest.raises(StackError, match="no postgres in the stack: choose among kafka"):
        choose_units(known, ["page", "postgres"])


def test_kafkas_id_stays_and_is_no_option(tmp_path: Path) -> None:
    for number in range(50):
        layout = Layout(tmp_path / str(number))
        layout.make()
        identity = cluster_id(layout)
        assert identity == cluster_id(layout)
        assert len(identity) == 22
        assert not identity.startswith("-")


def test_the_token_key_is_drawn_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    ensure_token_key(path)
    first = path.read_bytes()
    ensure_token_key(path)
    assert path.read_bytes() == first
    assert first.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_key_of_handles_is_drawn_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "handle-key"
    ensure_random_key(path)
    first = path.read_bytes()
    ensure_random_key(path)
    assert path.read_bytes() == first
    assert len(bytes.fromhex(first.decode())) == 32
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_status_table_adds_up_memory() -> None:
    state = StackState(
        supervisor=ProcessId.of(os.getpid()), units={"timeline-1": UnitState(phase="waiting")}
    )
    lines = status_table(state, Plan(units={"timeline-1": _UNIT})).splitlines()
    assert lines[2].split() == ["timeline-1", "waiting", "-", "-", "9408", "9409"]
    assert lines[1].split()[3:5] == lines[-1].split()[1:3]
