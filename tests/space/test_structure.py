"""The plan's parts beside the data: the tiny region by hand, and what the embedded one must hold to."""

import numpy as np
import pandas as pd
import pytest

import hutuo
from hutuo.base.ingesting import Ingest, ingest
from hutuo.base.mapping import Mapping
from hutuo.errors import NotFound
from hutuo.space.commuting import FunctionalArea, functional_area
from hutuo.space.plannedsets import density, planned_sets, shares
from hutuo.space.settled import borders, settled, units_of
from hutuo.space.structure import Structure, structure

SPAN = {"valid_from": "2023-01-01", "valid_to": "2024-01-01", "source": "book"}


def flow(home, work, people, **more):
    return {"home": home, "work": work, "people": people, **SPAN, **more}


@pytest.fixture
def counted(own):
    """Of Beta's 100 people 15 work in Alpha; of Delta's 100, 14."""
    rows = [
        flow("990101", "990101", 100),
        flow("990102", "990101", 15),
        flow("990102", "990102", 85),
        flow("990104", "990101", 14),
        flow("990104", "990104", 86),
    ]
    own.append("flow", pd.DataFrame(rows))
    return own


def test_units_have_people_of_the_latest_year_in_which_most_have_them(little):
    here = settled(little)
    assert here.units == ("990101", "990102", "990104")
    assert here.year == 2020
    assert here.latest.tolist() == [1000, 500, 400]
    assert here.people.loc["990101", 2010] == 900
    assert here.lacking == ("990103",)
    assert here.indicator == "people"


def test_squares_in_a_row_touch_their_neighbours_and_the_edge_of_the_map(little):
    """All stand at the edge: above and below them nothing is drawn."""
    found = borders(little, ["990101", "990102"])
    assert found == {"990101": ["990102", ""], "990102": ["990101", "990103", ""]}


def test_a_place_stands_for_its_units(little):
    here = settled(little)
    assert units_of(little, "990102", here) == ["990102"]
    assert units_of(little, "part:delta-town", here) == ["990104"]
    assert units_of(little, "990100", here) == ["990101", "990102", "990103", "990104"]
    assert units_of(little, "set:area", here) == ["990101", "990102", "990104"]
    with pytest.raises(NotFound, match="no unit or set 'set:nowhere'"):
        units_of(little, "set:nowhere", here)


def test_without_counted_commuters_the_answer_is_modelled_and_says_so(little):
    found = functional_area(little, FunctionalArea())
    assert found.modelled
    assert "not counted" in found.basis.en
    assert "不是统计" in found.basis.zh
    assert found.core_units == ["990101"]
    assert found.without_people == ["990103"]
    with pytest.raises(NotFound, match="no commuters were counted"):
        functional_area(little, FunctionalArea(flows="counted"))


def test_counted_commuters_are_taken_where_there_are_any(counted):
    found = functional_area(counted, FunctionalArea(cores=["990101"], enclaves=False))
    assert not found.modelled
    assert (found.year, found.sources) == (2023, ["book"])
    assert [(row.unit, row.share, row.inside) for row in found.rows] == [
        ("990101", 1.0, True),
        ("990102", 0.15, True),
        ("990104", 0.14, False),
    ]
    assert found.people == 200
    assert [(row.moved, row.changed) for row in found.stability] == [
        (pytest.approx(0.12), pytest.approx(1 / 3)),
        (pytest.approx(0.18), pytest.approx(1 / 3)),
    ]
    strict = FunctionalArea(cores=["990101"], inclusive=False)
    assert functional_area(counted, strict).number == 1


def test_a_file_of_commuters_is_taken_in_and_used(own, tmp_path):
    """A row of a unit that is not known is held back with its reason; the others are the flows."""
    file = tmp_path / "flows.csv"
    file.write_text(
        "住,工,起,止,人\n"
        "990102,990101,2024-01-01,2025-01-01,15\n"
        "990102,990102,2024-01-01,2025-01-01,85\n"
        "990101,990101,2024-01-01,2025-01-01,50\n"
        "990199,990101,2024-01-01,2025-01-01,50\n"
        "990101,990102,2024-01-01,2025-01-01,-5\n",
        encoding="utf-8",
    )
    columns = {"home": "住", "work": "工", "valid_from": "起", "valid_to": "止", "people": "人"}
    mapping = Mapping(format="csv", table="flow", source="book", header_rows=(1,), columns=columns)
    done = ingest(own, Ingest(file=str(file), mapping=mapping))
    assert (done.stored, [one.row for one in done.quarantined]) == (3, [5, 6])
    found = functional_area(own, FunctionalArea(cores=["990101"], enclaves=False))
    assert (found.modelled, found.year, found.people) == (False, 2024, 150)


def test_a_year_is_looked_at_by_itself_and_a_branch_has_its_own_commuters(counted):
    later = {"valid_from": "2024-01-01", "valid_to": "2025-01-01"}
    branch = counted.create_branch("try")
    rows = [flow("990104", "990101", 50) | later, flow("990104", "990104", 50) | later]
    branch.append("flow", pd.DataFrame([*rows, flow("990101", "990101", 9) | later]))
    ask = FunctionalArea(cores=["990101"], enclaves=False)
    assert functional_area(branch, ask).year == 2024
    assert functional_area(branch, ask).rows[1].unit == "990104"
    assert functional_area(branch, ask.model_copy(update={"year": 2023})).rows[1].unit == "990102"
    assert functional_area(counted, ask).year == 2023


def test_the_circle_and_labour_areas_over_the_same_commuters(counted):
    circle = FunctionalArea(cores=["990101"], rule="circle", minutes=1e4)
    inside = {row.unit for row in functional_area(counted, circle).rows if row.inside}
    assert inside == {"990101", "990102", "990104"}
    by_time = circle.model_copy(update={"minutes": 0.0})
    assert functional_area(counted, by_time).number == 1
    sizes = {"min_size": 50, "min_self": 0.65, "target_size": 150, "target_self": 0.75}
    labour = functional_area(counted, FunctionalArea(cores=["990101"], rule="labour", **sizes))
    areas = {row.unit: row.area for row in labour.rows}
    assert areas == {"990101": "990101", "990102": "990102", "990104": "990104"}
    assert any(row.changed is None for row in labour.stability)


def test_every_table_of_a_step_is_plain(counted):
    found = functional_area(counted, FunctionalArea(cores=["990101"]))
    assert [step.step for step in found.steps] == ["core", "zone", "enclaves", "exclaves"]
    assert found.steps[1].table[1] == {
        "unit": "990102",
        "residents": 100.0,
        "share": 0.15,
        "inside": True,
    }


def test_the_structure_of_the_tiny_region_by_hand(little):
    """Two people more than 4 a km2 and touching: one cluster; the rank-size slope of 1000, 500, 400."""
    found = structure(little, Structure(dense=4, minutes=1e4))
    (area,) = found.rows
    assert (area.set, area.part, area.people, area.share) == ("set:area", "area", 1900, 1.0)
    by_name = {row.measure: row.value for row in found.measures}
    assert by_name["primacy"] == pytest.approx(1000 / 1900)
    assert by_name["primacy_to_second"] == 2.0
    assert by_name["location"] == pytest.approx(1000 / 1900 - 1 / 3)
    assert [row.unit for row in found.poles] == ["990101", "990102", "990104"]
    assert found.links[0].one.unit == "990101"
    assert found.links[0].other.unit == "990102"


def test_sets_of_the_embedded_region_add_up_and_never_leave_it(embedded):
    here = settled(embedded)
    sets = {one.place: one for one in planned_sets(embedded, here)}
    area = sets[embedded.info.set]
    assert next(iter(sets)) == embedded.info.set
    for one in sets.values():
        found = shares(one, area, here)
        assert (found.share is None) == bool((one.weight > area.weight).any())
        if found.share is not None:
            assert 0 < found.share <= 1
            assert found.people <= area.people(here, here.year)
        assert density(one, here) > 0


def test_the_answer_for_the_embedded_region_is_the_same_as_its_parts(embedded):
    found = structure(embedded, Structure(metres=[5_000, 30_000]))
    assert found.modelled
    assert {row.part for row in found.agreement} == {"core", "poles", "ring", "area"}
    for row in found.agreement:
        sizes = [len(row.both), len(row.only_plan), len(row.only_data)]
        assert row.agreement == pytest.approx(len(row.both) / sum(sizes))
    wide = [row.share for row in found.corridors if row.metres == 30_000]
    narrow = [row.share for row in found.corridors if row.metres == 5_000]
    assert all(one < other for one, other in zip(narrow, wide, strict=True))
    core = next(row for row in found.rows if row.part == "core")
    drift = (core.share - core.share_before) / (found.year - core.year_before)
    assert core.drift == pytest.approx(drift)


def test_each_threshold_of_the_structure_changes_the_answer(embedded):
    base = structure(embedded, Structure())
    parts = {row.part: row for row in base.agreement}
    for part, ask in {
        "core": {"dense": 900},
        "poles": {"dense": 1_000},
        "ring": {"share": 0.02},
        "area": {"minutes": 100},
    }.items():
        other = structure(embedded, Structure(**ask))
        assert next(row for row in other.agreement if row.part == part) != parts[part]
    assert len(structure(embedded, Structure(top=3)).links) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"leaving": 0.2},
        {"model": "gravity"},
        {"people": "population_male"},
        {"jobs": "urban_population"},
    ],
)
def test_each_parameter_of_the_model_changes_the_answer(embedded, change):
    base = functional_area(embedded, FunctionalArea(move_by=0))
    other = functional_area(embedded, FunctionalArea(move_by=0, **change))
    assert [row.share for row in base.rows] != [row.share for row in other.rows]
    steeper = FunctionalArea(move_by=0, model="gravity", decay=0.2)
    if change.get("model"):
        again = functional_area(embedded, steeper)
        assert [row.share for row in again.rows] != [row.share for row in other.rows]


def test_jobs_that_lie_in_towns_draw_more_to_the_core_and_no_figure_is_made_up(embedded, little):
    base = functional_area(embedded, FunctionalArea(move_by=0, model="gravity"))
    towns = functional_area(
        embedded, FunctionalArea(move_by=0, model="gravity", jobs="urban_population")
    )
    assert "jobs lie as Urban population of 2020" in towns.basis.en
    assert {row.unit for row in base.rows if row.inside} < {
        row.unit for row in towns.rows if row.inside
    }
    with pytest.raises(NotFound, match="no 'revenue' of 990102"):
        functional_area(little, FunctionalArea(jobs="revenue"))


def test_a_core_may_be_named_by_a_set_or_by_units(embedded):
    by_set = functional_area(embedded, FunctionalArea(cores=["set:core"]))
    by_unit = functional_area(embedded, FunctionalArea(cores=by_set.core_units))
    assert by_set.rows == by_unit.rows
    assert functional_area(embedded, FunctionalArea()).core_units == by_set.core_units


def test_before_any_figure_and_before_the_plan_there_is_no_structure(little_folder):
    with pytest.raises(NotFound, match="no unit has people"):
        structure(hutuo.open(str(little_folder), at="1990-01-01"), Structure())
    before = hutuo.open(at="2020-12-31")
    for run in (
        lambda: structure(before, Structure()),
        lambda: functional_area(before, FunctionalArea()),
    ):
        with pytest.raises(NotFound, match=r"set:metro .* has no members on 2020-12-31"):
            run()


def test_road_minutes_reach_the_core_and_fall_to_none_there(embedded):
    found = functional_area(embedded, FunctionalArea(rule="circle", needs="time", move_by=0))
    minutes = {row.unit: row.minutes for row in found.rows}
    assert all(minutes[unit] == 0 for unit in found.core_units)
    far = [row.minutes or np.inf for row in found.rows if not row.inside]
    assert max(row.minutes for row in found.rows if row.inside) <= 60 < min(far)
    cut_off = sum(minutes[unit] is None for unit in minutes)
    assert f"no road of the network reaches {cut_off} of the units" in found.basis.en
