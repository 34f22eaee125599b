"""The region that comes with Hutuo, held against the plan, the censuses and the data beside."""

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

import hutuo
from hutuo.base import pack
from hutuo.base.about import RegionAsk
from hutuo.base.about import region as about
from hutuo.base.region import embedded as packs
from hutuo.base.tables import tables
from hutuo.plan.document import Clauses, clauses
from hutuo.plan.evaluate import Evaluate, evaluate
from hutuo.plan.reconcile import Reconcile, reconcile

DATA = Path(__file__).parents[1] / ".." / "shared" / "data"
TERRITORIAL = "hebei-territorial-2035"
EXCLUDED = {"赞皇县", "灵寿县", "平山县", "井陉县", "井陉矿区"}
ZONES = {"130108": "part:130108-without-zone", "130109": "part:130109-without-zone",
         "130111": "part:130111-without-zone", "130502": "part:130502-without-zone",
         "131102": "part:131102-without-zones"}  # fmt: skip
OLD = {"130502": "part:130502-2010", "130503": "part:130503-2010",
       "130102": "part:130102-2010", "130104": "part:130104-2010"}  # fmt: skip
# The table of quantified targets of the plan: operator, value, unit, year, whether stated, clause, stance.
TARGETS = {
    "commute-one-hour": ("<=", 60, "minute", 2030, "inherited", "一(四)", "实现"),
    "link-roads": ("=", 100, "%", 2030, "inherited", "一(四)", "全面打通"),
    "clusters-trillion": (">=", 10000, "亿元", 2030, "inherited", "一(四)", "形成一批"),
    "bases-hundred-billion": (">=", 1000, "亿元", 2030, "inherited", "一(四)", "形成一批"),
    "rescue-one-hour": ("<=", 60, "minute", None, "none", "三(四)", "打造"),
    "data-services": ("=", 100, "%", 2030, "inherited", "四(四)", "实现"),
    "revenue-biomedicine": (">", 10000, "亿元", 2035, "stated", "五(二)", "力争"),
    "revenue-electronics": (">", 10000, "亿元", 2035, "stated", "五(二)", "力争"),
    "revenue-equipment": (">", 10000, "亿元", 2035, "stated", "五(二)", "力争"),
    "revenue-materials": (">", 5000, "亿元", 2035, "stated", "五(二)", "力争"),
    "revenue-food": (">", 5000, "亿元", 2035, "stated", "五(二)", "力争"),
    "parks-national-trillion": (">=", 10000, "亿元", None, "none", "五(二)", "力争"),
    "parks-provincial-500-billion": (">=", 5000, "亿元", None, "none", "五(二)", "打造一批"),
    "quota-swap-cities": ("=", 1, "ratio", None, "none", "十(三)", "推动"),
    "quota-swap-heat": ("=", 1, "ratio", None, "none", "十(三)", "探索"),
}
FIELDS = {"target", "clause", "indicator", "operator", "value", "unit", "year", "year_stated", "stance",
          "geography", "observed", "distance", "needed_growth", "status", "settled_by"}  # fmt: skip
OBSERVED = {"value", "unit", "valid_from", "valid_to", "recorded_at", "geography", "source",
            "estimate"}  # fmt: skip
FIGURES = {"figure", "stated", "computed", "unit", "gap", "note", "sources"}
STATUSES = {"met", "on_track", "off_track", "no_data", "not_measurable"}


def beside(name):
    """Rows of a file beside the repository."""
    file = DATA / name
    if not file.is_file():
        pytest.skip(f"{name} lies beside the repository, and not here")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def stored(embedded):
    """Every figure by place, indicator and year."""
    return {
        (row["place"], row["indicator"], row["valid_from"].year): row["value"]
        for row in embedded.records("observation")
    }


@pytest.fixture(scope="module")
def figures(embedded):
    """The reconciliation by figure."""
    return {row.figure: row for row in reconcile(embedded, Reconcile())}


@pytest.mark.parametrize("name", packs())
def test_an_embedded_pack_has_no_fault(name):
    folder = packs()[name]
    with duckdb.connect() as connection:
        assert pack.stage(connection, folder, pack.read_info(folder)) == []


class TestPlan:
    """Clauses and targets."""

    def test_the_targets_are_those_of_the_plan(self, embedded):
        found = {
            r["target"]: (r["operator"], r["value"], r["unit"], r["year"], r["year_from"],
                          r["clause"].partition("¶")[0], r["stance"])
            for r in embedded.records("target", plan="metro-2025")
        }  # fmt: skip
        assert found == TARGETS

    def test_evaluate_gives_a_row_a_target_with_the_fields_others_rely_on(self, embedded):
        from hutuo.verbs import find_verb

        rows = find_verb("plan", "evaluate").plain(evaluate(embedded, Evaluate()))
        assert len(rows) == 15
        for row in rows:
            assert set(row) >= FIELDS
            assert row["status"] in STATUSES
            assert (row["settled_by"] is not None) == (
                row["status"] in ("no_data", "not_measurable")
            )
            assert row["observed"] is None or set(row["observed"]) >= OBSERVED

    def test_reconcile_gives_the_fields_others_rely_on(self, embedded, figures):
        from hutuo.verbs import find_verb

        rows = find_verb("plan", "reconcile").plain(list(figures.values()))
        assert all(set(row) >= FIGURES for row in rows)

    def test_targets_with_an_open_number_are_not_measurable(self, embedded):
        status = {row.target: row.status for row in evaluate(embedded, Evaluate())}
        open_ones = {"clusters-trillion", "bases-hundred-billion", "parks-national-trillion",
                     "parks-provincial-500-billion"}  # fmt: skip
        assert {name for name, word in status.items() if word == "not_measurable"} == open_ones

    def test_no_figure_was_invented_to_fill_a_row(self, embedded):
        """Nobody publishes what the 15 targets ask for; the pack holds nothing that could decide one."""
        assert {row.observed for row in evaluate(embedded, Evaluate())} == {None}

    def test_exactly_twenty_headings_stand_without_text(self, embedded):
        rows = clauses(embedded, Clauses(has_text=False))
        assert len(rows) == 20
        assert {row.summary for row in rows} == {None}
        assert {row.clause[0] for row in rows} <= set("四五六七八九")

    def test_every_clause_with_text_has_a_summary_in_both_languages(self, embedded):
        rows = clauses(embedded, Clauses(has_text=True))
        bare = [r.clause for r in rows if not (r.summary and r.summary.zh and r.summary.en)]
        assert bare == []

    def test_the_clauses_are_a_tree_in_the_order_of_the_document(self, embedded):
        for plan in ("metro-2025", TERRITORIAL):
            rows = clauses(embedded, Clauses(plan=plan))
            seen = {}
            for row in rows:
                assert row.parent is None or seen[row.parent] == row.level - 1
                assert (row.level == 1) == (row.parent is None)
                seen[row.clause] = row.level
            assert [row.ordinal for row in rows] == sorted({row.ordinal for row in rows})

    def test_every_target_stands_in_a_clause_of_its_plan(self, embedded):
        known = {(row["plan"], row["clause"]) for row in embedded.records("clause")}
        assert {(r["plan"], r["clause"]) for r in embedded.records("target")} <= known

    def test_limits_of_the_plan_above_are_those_of_the_approval(self, embedded):
        rows = beside("hebei/territorial_limits.csv")
        units = {"倍": "times"}
        wanted = {
            (
                r["operator"],
                float(r["value"]),
                units.get(r["unit"], r["unit"]),
                int(r["target_year"]),
            )
            for r in rows
        }
        held = embedded.records("target", plan=TERRITORIAL)
        assert {(r["operator"], r["value"], r["unit"], r["year"]) for r in held} == wanted
        assert len(held) == len(rows) == 8
        assert {row["place"] for row in held} == {"130000"}


class TestMembership:
    """What the area is made of."""

    def test_29_whole_units_a_part_and_five_left_out(self, embedded):
        roles = {}
        for row in embedded.current("membership", set="set:metro"):
            roles.setdefault(row["role"], set()).add(row["member"])
        assert {role: len(found) for role, found in roles.items()} == {
            "whole": 29, "part": 1, "excluded": 5,
        }  # fmt: skip
        assert roles["part"] == {"part:130503-urban"}
        assert {embedded.name_of(code).zh for code in roles["excluded"]} == EXCLUDED
        (part,) = embedded.records("place", place="part:130503-urban")
        assert (part["part_of"], part["delimited"]) == ("130503", False)

    def test_before_the_plan_was_issued_there_was_no_area(self, embedded):
        earlier = hutuo.open(at="2025-03-17")
        assert earlier.current("membership", set="set:metro") == []
        assert len(hutuo.open(at="2025-03-18").current("membership", set="set:metro")) == 35

    def test_members_beside_are_the_members_here(self, embedded):
        rows = beside("counties.csv")
        held = {r["member"]: r["role"] for r in embedded.current("membership", set="set:metro")}
        assert {r["adcode"] for r in rows if r["member"] == "1"} == {
            code for code, role in held.items() if role == "whole"
        }

    def test_core_poles_and_surroundings_are_named_sets(self, embedded):
        sets = {row.place: row for row in about(embedded, RegionAsk()).sets}
        assert {"set:metro", "set:core", "set:poles", "set:commuting", "set:cooperation"} <= set(
            sets
        )
        assert all(row.name.zh and row.name.en and row.members for row in sets.values())

    def test_every_member_is_a_unit_or_a_place_of_its_day(self, embedded):
        units = {row["unit"] for row in embedded.current("unit")}
        for row in embedded.current("membership"):
            assert row["member"] in units or row["member"].startswith("part:")


class TestUnits:
    """Units, their versions and their names."""

    def test_the_reform_of_2020_renamed_130502(self):
        names = {
            day: {r["unit"]: r["zh"] for r in hutuo.open(at=day).records("unit")}
            for day in ("2020-06-22", "2020-06-23")
        }
        before, after = names["2020-06-22"], names["2020-06-23"]
        assert (before["130502"], after["130502"]) == ("桥东区", "襄都区")
        assert (before["130503"], after["130503"]) == ("桥西区", "信都区")
        assert "130521" in before
        assert "130521" not in after
        assert {"130505", "130506"} <= after.keys() - before.keys()

    def test_the_periods_of_a_unit_do_not_overlap(self, embedded):
        periods = {}
        for row in embedded.records("unit"):
            start, end = row["valid_from"] or date.min, row["valid_to"] or date.max
            periods.setdefault(row["unit"], []).append((start, end))
        for code, found in periods.items():
            found.sort()
            for (_, end), (start, _) in pairwise(found):
                assert end <= start, code

    def test_a_unit_that_ended_names_what_became_of_it(self, embedded):
        known = {row["unit"] for row in embedded.records("unit")}
        for row in embedded.records("unit"):
            if row["valid_to"]:
                assert set(row["became"].split("|")) <= known

    def test_every_county_of_today_has_a_boundary_of_a_plausible_size(self, embedded):
        sizes = {row["place"]: row["area_km2"] for row in embedded.records("boundary")}
        for row in embedded.current("unit", level="county"):
            assert 10 < sizes[row["unit"]] < 10_000

    def test_areas_agree_with_those_of_another_copy_of_the_polygons(self, embedded):
        sizes = {row["place"]: row["area_km2"] for row in embedded.records("boundary")}
        rows = [r for r in beside("counties.csv") if r["member"] != "zone"]
        assert len(rows) == 52
        for row in rows:
            assert sizes[row["adcode"]] == pytest.approx(float(row["area_km2"]), rel=0.005)

    def test_seats_are_those_beside(self, embedded):
        held = {row["unit"]: (row["lon"], row["lat"]) for row in embedded.current("unit")}
        for row in beside("counties.csv"):
            if row["lon"]:
                assert held[row["adcode"]] == (float(row["lon"]), float(row["lat"]))


class TestFigures:
    """Figures and where they come from."""

    def test_every_figure_has_a_source_that_is_there(self, embedded):
        sources = {row["source"] for row in embedded.records("source")}
        rows = embedded.records("observation")
        assert {row["source"] for row in rows} <= sources
        assert {row["quality"] for row in rows} <= {"A", "B"}
        assert all(row["method"] for row in rows if row["estimate"])

    def test_no_source_or_indicator_is_left_unused(self, embedded):
        sourced = [
            name for name, one in tables().items() if "source" in one.names and name != "source"
        ]
        used = {row["source"] for name in sourced for row in embedded.records(name)}
        assert {row["source"] for row in embedded.records("source")} - used <= {
            "townships-2023",
            "geonames",
            "rail-points",
            # Named in the remark of a relocation: when it was signed.
            "shigang-2014",
        }

    def test_a_figure_is_in_the_unit_of_its_indicator(self, embedded):
        from hutuo.units import UNITS

        for row in embedded.records("observation"):
            about = embedded.indicators[row["indicator"]]
            assert UNITS[row["unit"]].dimension == UNITS[about["unit"]].dimension

    @pytest.mark.parametrize(
        ("year", "people"), [(2000, 9_241_186), (2010, 10_163_788), (2020, 11_235_086)]
    )
    def test_the_22_rows_of_the_city_add_up_to_its_census(self, embedded, stored, year, people):
        """Without Xinji 21 and with it 22 units; development zones stand in the county they lie in."""
        rows = embedded.current("membership", set="set:sjz-without-xinji")
        codes = [row["member"] for row in rows] + ["130181"]
        assert len(codes) == 22
        assert sum(stored[code, "resident_population", year] for code in codes) == people
        assert stored["130100", "resident_population", year] == people

    def test_men_and_women_add_up(self, stored):
        for (place, name, year), value in stored.items():
            if name == "population_male":
                both = value + stored[place, "population_female", year]
                assert both == stored[place, "resident_population", year], (place, year)

    def test_town_and_country_add_up(self, stored):
        for (place, name, year), value in stored.items():
            if name == "rural_population":
                both = value + stored[place, "urban_population", year]
                assert both == stored[place, "resident_population", year], (place, year)

    def test_zones_are_added_to_the_county_they_lie_in(self, stored):
        zones = ("130171", "130172", "130571", "131171", "131172")
        total = sum(stored[zone, "resident_population", 2020] for zone in zones)
        assert total == 767_909
        raw = sum(stored[part, "resident_population", 2020] for part in ZONES.values())
        held = sum(stored[code, "resident_population", 2020] for code in ZONES)
        assert held - raw == total

    def test_censuses_are_those_beside(self, stored):
        """A row without its zone stands at the part without it."""
        held = {}
        for row in beside("hebei/census.csv"):
            key = (row["adcode"], "resident_population", int(row["date"][:4]))
            part = (ZONES.get(row["adcode"]), *key[1:])
            held[key] = float(row["value"]) in (stored.get(key), stored.get(part))
        assert [key for key, same in held.items() if not same] == []
        assert len(held) > 70

    def test_counties_are_those_beside(self, stored):
        columns = {
            "population_2020": ("resident_population", 2020),
            "population_2010": ("resident_population", 2010),
            "urban_population_2020": ("urban_population", 2020),
            "households_2020": ("households", 2020),
        }
        checked = 0
        for row in beside("counties.csv"):
            code = row["adcode"]
            for column, (name, year) in columns.items():
                if not row[column]:
                    continue
                places = [code, ZONES.get(code), OLD.get(code)]
                held = [
                    stored[place, name, year] for place in places if (place, name, year) in stored
                ]
                assert float(row[column]) in held, (code, column)
                checked += 1
        assert checked > 150


# ruff: noqa: E501 - one pair of column and indicator after another
CENSUS_2020 = {
    "人口数_合计": "resident_population", "人口数_男": "population_male", "人口数_女": "population_female",
    "性别比（女=100）": "sex_ratio", "少数民族人口比重（%）": "minority_share", "城镇人口": "urban_population",
    "乡村人口": "rural_population", "家庭户数": "households", "家庭户人口数": "household_population",
    "户规模": "household_size", "一人户数": "households_one_person", "一代户数": "households_one_generation",
    "二代户数": "households_two_generations", "三代户数": "households_three_generations",
    "四代以上户数": "households_four_generations", "人口比重_0-14岁": "share_age_0_14",
    "人口比重_15-64岁": "share_age_15_64", "人口比重_65岁及以上": "share_age_65_plus",
    "有65岁及以上老年人口的户数": "households_with_65_plus", "有一个老人": "households_with_one_65_plus",
    "有二个老人": "households_with_two_65_plus", "有三个及以上老人": "households_with_three_65_plus",
    "户口登记地在外乡镇街道人口_本县": "migrants_same_county",
    "户口登记地在外乡镇街道人口_本省其他县": "migrants_other_county",
    "户口登记地在外乡镇街道人口_省外": "migrants_other_province", "平均受教育年限_合计": "mean_years_schooling",
    "15岁及以上文盲人口": "illiterate_15_plus", "文盲占15岁及以上人口比重": "illiteracy_rate",
    "各种职业人口总计": "occupied", "党的机关国家机关群众团体和社会组织企事业单位负责人": "occupation_leaders",
    "专业技术人员": "occupation_professionals", "办事人员和有关人员": "occupation_clerks",
    "社会生产服务和生活服务人员": "occupation_services", "农林牧渔业生产及辅助人员": "occupation_farmers",
    "生产制造及有关人员": "occupation_production", "不便分类其他的从业人员": "occupation_other",
    "各种行业人口总计": "employed", "农林牧渔业": "employed_agriculture", "采矿业": "employed_mining",
    "制造业": "employed_manufacturing", "电力热力燃气及水生产和供应业": "employed_utilities",
    "建筑业": "employed_construction", "批发和零售业": "employed_trade",
    "交通运输仓储和邮政业": "employed_transport", "住宿和餐饮业": "employed_lodging_catering",
    "信息传输软件和信息技术服务业": "employed_information", "金融业": "employed_finance",
    "房地产业": "employed_real_estate", "租赁和商务服务业": "employed_business_services",
    "科学研究和技术服务业": "employed_research", "水利环境和公共设施管理业": "employed_public_facilities",
    "居民服务修理和其服务业": "employed_resident_services", "教育": "employed_education",
    "卫生和社会工作": "employed_health", "文化体育和娱乐业": "employed_culture",
    "公共管理社会保障和社会组织": "employed_public_administration", "国际组织": "employed_international",
    "平均每户住房间数": "rooms_per_household", "人均住房建筑面积": "housing_area_per_head",
    "家庭户户数_长表": "households_long_form", "住房內有管道自来水": "housing_piped_water",
    "住房內有厨房": "housing_kitchen", "住房內有厕所": "housing_toilet", "住房内有洗澡设施": "housing_bath",
    "住房所在建筑有电梯": "housing_lift", "拥有家用汽车": "housing_car", "住房来源_租赁": "tenure_rented",
    "住房来源_自建": "tenure_self_built", "住房来源_购买": "tenure_bought",
    "住房来源_继承或赠予": "tenure_inherited", "住房来源_其他": "tenure_other",
}  # fmt: skip
CENSUS_2010 = {
    "合计": "resident_population", "男": "population_male", "女": "population_female",
    "性别比（女=100）": "sex_ratio", "城镇人口": "urban_population", "户规模（人/户）": "household_size",
    "一人户": "households_one_person", "0-14岁（%）": "share_age_0_14", "15-64岁（%）": "share_age_15_64",
    "65岁及以上（%）": "share_age_65_plus",
    "15岁及以上文盲人口-合计": "illiterate_15_plus",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code", "year", "columns", "replaced"),
    [
        ("hebei/census2020_county_full.csv", "区划代码", 2020, CENSUS_2020, ZONES),
        ("hebei/census2010_county_full.csv", "区划代码", 2010, CENSUS_2010, OLD),
    ],
)
def test_census_tables_are_those_beside(stored, name, code, year, columns, replaced):
    """Every cell of every unit that the pack holds: none differs, and none is left out."""
    wrong, checked = [], 0
    for row in beside(name):
        place = replaced.get(row[code], row[code])
        if (place, "resident_population", year) not in stored:
            place = row[code]
        if (place, "resident_population", year) not in stored:
            continue
        for column, indicator in columns.items():
            text = row[column].strip()
            try:
                value = float(text)
            except ValueError:
                continue
            held = stored.get((place, indicator, year))
            checked += 1
            if held is None or held != pytest.approx(value, rel=1e-12):
                wrong.append((place, indicator, value, held))
    assert wrong == []
    assert checked > 70 * len(columns)


class TestReconciliation:
    """What the plan says of itself."""

    def test_the_members_are_larger_than_stated(self, figures):
        area = figures["area"]
        assert area.stated == 16500
        assert area.computed == pytest.approx(16747, rel=0.005)
        assert area.gap == pytest.approx(area.computed - 16500)
        assert area.gap > 50

    def test_people_lie_between_members_and_members_with_all_of_the_part(self, figures, stored):
        people = figures["population"]
        assert people.stated == 16_320_000
        assert (
            people.computed
            < 16_320_000
            < people.computed + stored["130503", "resident_population", 2020]
        )

    def test_the_share_follows_from_its_two_figures(self, figures):
        share = figures["gdp-share"]
        assert share.computed == pytest.approx(100 * 7013 / 9388)
        assert round(share.computed, 1) == share.stated == 74.7

    def test_five_revenue_targets_are_40000(self, figures):
        revenue = figures["revenue-targets"]
        assert (revenue.computed, revenue.stated, revenue.unit) == (40000, 9388, "亿元")

    def test_an_incomplete_sum_is_not_given_as_one(self, figures):
        for name in ("gdp", "gdp-core"):
            assert (figures[name].computed, figures[name].gap) == (None, None)
            assert "missing" in figures[name].note.en

    def test_xingtang_is_the_first_of_the_further_exclusions(self, figures):
        inferred = figures["exclusions:set:metro"]
        assert inferred.inference
        first = inferred.candidates[0]
        assert [(named.unit, named.name.zh) for named in first.excluded] == [("130125", "行唐县")]
        rests = {rest.figure: rest for rest in first.rests}
        assert rests["area"].whole == pytest.approx(15784, abs=1)
        assert rests["area"].rest == pytest.approx(716, abs=1)
        assert rests["population"].whole == pytest.approx(15.73e6, abs=5000)
        assert rests["population"].rest == pytest.approx(0.59e6, abs=5000)

    def test_every_candidate_satisfies_both_bounds(self, embedded, figures, stored):
        """Something between nothing and all of Xindu is left, within the digits that the plan prints."""
        sizes = {row["place"]: row["area_km2"] for row in embedded.records("boundary")}
        rows = embedded.current("membership", set="set:metro", role="whole")
        members = [row["member"] for row in rows]
        for way in figures["exclusions:set:metro"].candidates:
            out = {named.unit for named in way.excluded}
            assert out < set(members)
            kept = [code for code in members if code not in out]
            area = 16500 - sum(sizes[code] for code in kept)
            people = 16_320_000 - sum(stored[code, "resident_population", 2020] for code in kept)
            assert -50 <= area <= sizes["130503"] + 50
            assert -5000 <= people <= stored["130503", "resident_population", 2020] + 5000
            assert {r.figure: r.rest for r in way.rests} == {
                "area": pytest.approx(area), "population": pytest.approx(people),
            }  # fmt: skip

    def test_no_single_county_of_the_open_list_that_fits_is_left_out(
        self, embedded, figures, stored
    ):
        sizes = {row["place"]: row["area_km2"] for row in embedded.records("boundary")}
        rows = embedded.current("membership", set="set:metro", role="whole")
        area = 16500 - sum(sizes[row["member"]] for row in rows)
        people = 16_320_000 - sum(stored[r["member"], "resident_population", 2020] for r in rows)
        fit = {
            row["member"]
            for row in rows
            if row["member"].startswith("1301") and row["clause"] == "序"
            and -50 <= area + sizes[row["member"]] <= sizes["130503"] + 50
            and -5000 <= people + stored[row["member"], "resident_population", 2020]
            <= stored["130503", "resident_population", 2020] + 5000
        }  # fmt: skip
        found = figures["exclusions:set:metro"].candidates
        assert {named.unit for way in found for named in way.excluded} == fit
