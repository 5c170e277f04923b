"""Who is next, and that nobody is served far ahead of anybody else."""

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from kanvas_imagegen.domain.fair_queue import FairQueue, Ticket
from kanvas_platform.kafka.store.space import Space


def queue_of(*jobs: tuple[str, int], space: Space | None = None) -> FairQueue:
    """Return a queue of jobs, given as (owner, cost), named by their place: "0", "1" and so on."""
    queue = FairQueue(Space() if space is None else space)
    for order, (owner, cost) in enumerate(jobs):
        queue.join(Ticket(str(order), owner, order, cost))
    return queue


def drain(queue: FairQueue) -> list[str]:
    taken = []
    while (ticket := queue.next_due(0.0)) is not None:
        queue.take(ticket.owner_id, ticket.job_id)
        taken.append(ticket.job_id)
    return taken


def test_jobs_of_one_owner_go_in_order_whatever_they_cost() -> None:
    assert drain(queue_of(("a", 9), ("a", 1), ("a", 5))) == ["0", "1", "2"]


def test_a_newcomer_does_not_wait_behind_a_long_queue() -> None:
    queue = queue_of(*[("a", 4)] * 100)
    for _ in range(50):
        ticket = queue.next_due(0.0)
        assert ticket is not None
        queue.take("a", ticket.job_id)
    queue.join(Ticket("new", "b", 1000, 4))
    assert "new" in drain(queue)[:2]


def test_waiting_owners_alternate() -> None:
    assert drain(queue_of(("a", 4), ("a", 4), ("b", 4), ("b", 4))) == ["0", "2", "1", "3"]


def test_a_queue_of_newcomers_does_not_starve_who_came_first() -> None:
    queue = queue_of(("a", 10), ("a", 10))
    for number in range(2, 60):
        queue.join(Ticket(str(number), f"new{number}", number, 4))
        ticket = queue.next_due(0.0)
        assert ticket is not None
        queue.take(ticket.owner_id, ticket.job_id)
    assert queue.waiting_of("a") == 0


def test_one_that_leaves_costs_its_owner_nothing() -> None:
    queue = queue_of(("a", 100), ("b", 5), ("a", 5))
    queue.leave("a", "0")
    assert drain(queue) == ["1", "2"]


def test_one_that_is_not_due_lets_the_next_pass() -> None:
    queue = FairQueue(Space())
    queue.join(Ticket("late", "a", 0, 1, not_before=10.0))
    queue.join(Ticket("now", "a", 1, 1))
    first = queue.next_due(9.0)
    assert first is not None
    assert first.job_id == "now"
    queue.take("a", "now")
    assert queue.next_due(9.0) is None
    assert queue.next_due_at() == 10.0
    assert queue.next_due(10.0) is not None


def test_an_overlay_never_touches_what_is_below() -> None:
    space = Space()
    queue = queue_of(("a", 4), ("b", 4), space=space)
    layer = FairQueue(space.overlay())
    drain(layer)
    assert (len(layer), len(queue)) == (0, 2)
    assert drain(queue) == ["0", "1"]


jobs = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 1000)), min_size=1, max_size=120)


@given(jobs)
def test_the_foretold_order_is_the_order(given_jobs: list[tuple[str, int]]) -> None:
    queue = queue_of(*given_jobs)
    positions = queue.positions()
    assert drain(queue) == sorted(positions, key=lambda job_id: positions[job_id])


@settings(max_examples=200)
@given(jobs)
def test_owners_who_wait_are_served_alike(given_jobs: list[tuple[str, int]]) -> None:
    """The bound in the module's docstring, at every moment and from every moment on."""
    queue = queue_of(*given_jobs)
    cost = dict(enumerate(job[1] for job in given_jobs))
    owner = dict(enumerate(job[0] for job in given_jobs))
    dearest = {name: max(c for o, c in given_jobs if o == name) for name, _ in given_jobs}
    served: dict[str, int] = defaultdict(int)
    leads: dict[tuple[str, str], tuple[int, int]] = {}
    while (ticket := queue.next_due(0.0)) is not None:
        waiting = sorted(name for name in dearest if queue.waiting_of(name))
        for one in waiting:
            for other in waiting:
                lead = served[one] - served[other]
                low, high = leads.get((one, other), (lead, lead))
                leads[one, other] = (min(low, lead), max(high, lead))
                spread = leads[one, other][1] - leads[one, other][0]
                assert spread <= dearest[one] + dearest[other]
        queue.take(ticket.owner_id, ticket.job_id)
        number = int(ticket.job_id)
        served[owner[number]] += cost[number]
