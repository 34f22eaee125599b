"""Points of a front, and scenarios, on a cluster are those of one process."""

import pytest

from hutuo.errors import Unavailable
from hutuo.siting.fronts import Front, front
from hutuo.siting.scenarios import Scenarios, scenarios


@pytest.fixture(scope="module")
def scheduler():
    from distributed import LocalCluster

    made = {
        "n_workers": 2,
        "threads_per_worker": 1,
        "processes": False,
        "dashboard_address": "127.0.0.1:0",
    }
    with LocalCluster(**made) as cluster:
        yield cluster.scheduler_address


@pytest.mark.parametrize("ask", [{"number": 1}, {"number": 1, "against": "farthest"}])
def test_a_cluster_gives_the_same_front(little, scheduler, ask):
    asked = {"points": 3, "clients": ("990101", "990102", "990104")} | ask
    alone = front(little, Front(**asked))
    assert front(little, Front(cluster=scheduler, **asked)) == alone


def test_a_cluster_gives_the_same_scenarios(little, scheduler):
    ask = {
        "number": 1,
        "clients": ("990101", "990102", "990104"),
        "scenarios": [{"scenario_name": f"at {kmh}", "kmh": kmh} for kmh in (30, 60, 90)],
    }
    alone = scenarios(little, Scenarios(**ask))
    assert scenarios(little, Scenarios(cluster=scheduler, **ask)) == alone
    assert len({row.objective for row in alone.rows}) == 3


def test_an_address_where_nobody_answers_is_told(little):
    with pytest.raises(Unavailable, match="no cluster answers"):
        front(little, Front(number=1, cluster="nonsense"))
