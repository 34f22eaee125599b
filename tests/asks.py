"""An ask for every verb on the tiny region, and the doors it is put to."""

import hashlib
import json
from datetime import date

import tiny
from hutuo.cli import main
from hutuo.report.workbook import Sheet, workbook

# Files that lie in the shared data folder, so that both doors can name them.
UPLOADS = {
    "people.csv": "地区,常住人口(万人)\n甲区,0.11\n乙县,0.05\n戊县,1\n".encode(),
    "people.toml": """format = "csv"
source = "book"
header_rows = [1]
figures = [{ column = "常住人口(万人)", indicator = "people", unit = "万人" }]
[place]
column = "地区"
[period]
value = "2023"
""".encode(),
}
# A plan of a place that does not exist.
UPLOADS["plan.txt"] = """新城规划

一、目标
到2030年,营业收入力争突破300亿元,实现一小时通勤。
二、任务
支持企业建设园区。
""".encode()
# The two industries of Miller and Blair, as a bureau would print them.
UPLOADS["io.csv"] = """投入产出表,单位:万元,,,,
,代码,1,2,最终使用合计,总产出
,,农业,制造业,,
农业,1,150,500,350,1000
制造业,2,200,100,1700,2000
增加值合计,TVA,650,1400,,
总投入,TI,1000,2000,,
""".encode()
# A new task, as somebody writes it below the headings of a file of tasks.
UPLOADS["tasks.xlsx"] = workbook(
    [
        Sheet(
            "任务",
            ["任务编号", "任务名称", "类别", "条款", "开始日期", "完成期限"],
            [["", "编制名录", "年度工作要点", "一", "2026-01-01", "2026-06-30"]],
        )
    ],
    "任务",
    date(2026, 1, 1),
)
UPLOADS["activity.csv"] = """地点,行业,燃料,年份,用途,数量,计量单位,不确定度
990101,manufacturing,烟煤,2021,,1000,t,0.05
990101,manufacturing,烟煤,2022,,900,t,0.05
990101,manufacturing,natural_gas,2022,原料,10,10^4 Nm3,
990101,residential,电力,2021,,2000,MWh,0.01
990101,residential,电力,2022,,2500,MWh,0.01
990102,road,diesel,2021,,100,t,
990102,road,diesel,2022,,110,t,
990102,services,renewable_electricity,2022,,10,万kWh,
""".encode()
UPLOADS["resources.xlsx"] = workbook(
    [
        Sheet(
            "政务信息资源目录",
            ["类", "信息资源名称", "信息资源代码", "信息项名称", "数据类型", "共享类型"],
            [
                ["3", "企业登记", "307001000001/000001", "企业名称", "字符型C", "有条件共享"],
                ["", "", "", "注册资本", "货币型Y", ""],
            ],
        )
    ],
    "政务信息资源目录",
    date(2026, 1, 1),
)
UPLOADS["outputs.csv"] = """行业,年份,产出
manufacturing,2021,300
manufacturing,2022,310
residential,2021,100
residential,2022,105
road,2021,50
road,2022,52
services,2021,80
services,2022,85
""".encode()


def upload(name):
    """What verbs call one of the files."""
    return f"upload:{hashlib.sha256(UPLOADS[name]).hexdigest()[:32]}/{name}"


ASKS = {
    "space/accessibility": {
        "measure": "two_step",
        "minutes": 20,
        "rank_by": "people",
        "to": ["990101", "990102"],
    },
    "environment/synergy": {
        "geography": "county",
        "order_parameters": [
            {"system_name": "people", "indicator": "people", "worst": 0, "best": 2000},
            {"system_name": "mills", "indicator": "jobs_mills", "worst": 0, "best": 62.5},
        ],
    },
    "environment/quota": {"year": 2026, "fuel": "coal"},
    "environment/swap": {"state": "requested"},
    "environment/quota-volume": {"heat_gj": 20000, "efficiency": 0.853, "ratio": 1.25},
    "environment/control-rules": {"year": 2026},
    "environment/measures": {
        "emissions": {"CO2": 100000, "SO2": 1000},
        "co2_price": 90,
        "tax": 4.8,
    },
    "environment/choose-measures": {"budget_yuan": 330000, "draws": 20},
    "environment/county-pairs": {"budget_yuan": 170000},
    "environment/ecosystem-account": {"year": 2024},
    "environment/water-zones": {"new_classes": {"w2": "quasi"}},
    "environment/waste-balance": {"tolerance": 0.02},
    "environment/waste-heat": {"most_km": 15},
    "environment/pv-potential": {"kg_a_kwh": 0.7},
    "environment/effluents": {"place": "990101"},
    "environment/episodes": {"levels": "air-2022"},
    "environment/water-episodes": {"medium": "gauge", "days": 30},
    "environment/shares": {
        "part": "jobs_mills",
        "whole": "jobs",
        "geography": "county",
        "target_year": 2030,
        "target_share": 60,
    },
    "environment/account": {
        "file": upload("activity.csv"),
        "group_by": "sector",
        "flow_year": 2022,
    },
    "environment/decompose": {
        "file": upload("activity.csv"),
        "outputs_file": upload("outputs.csv"),
    },
    "environment/factors": {"factor_kind": "electricity", "factor_region": "CN"},
    "environment/inventory": {"file": upload("activity.csv"), "year": 2022},
    "environment/peak-pack": {"file": upload("activity.csv"), "base_year": 2021},
    "environment/peak-file": {
        "file": upload("activity.csv"),
        "base_year": 2021,
        "format": ["xlsx"],
    },
    "plan/adopt": {"file": upload("plan.txt"), "plan": "newtown", "issuer": "gov", "check": True},
    "plan/align": {"first": "p", "second": "other"},
    "plan/bind": {"quantity": "p/一#q1"},
    "plan/bindings": {"plan": "p", "most": 2},
    "plan/decide": {"action": "accept", "items": ["p/一#q1"], "check": True},
    "plan/read": {"file": upload("plan.txt")},
    "plan/review": {"plan": "p"},
    "base/account": {},
    "base/agreement": {},
    "base/audit": {"action": "verify"},
    "base/body": {},
    "base/identity": {},
    "base/dataset": {},
    "base/batches": {"table": "observation", "limit": 5},
    "base/branch": {"action": "list"},
    "base/calendar": {"year": 2024},
    "base/care": {"action": "status"},
    "base/crosswalk": {"from": "county", "to": "prefecture", "method": "area"},
    "base/catalogue": {"search": "renkou", "sort": "rows"},
    "base/coverage": {},
    "base/figures": {"place": "990101", "topic": "population"},
    "base/history": {"place": "990101", "indicator": "people"},
    "base/indicators": {"topic": "economy"},
    "base/ingest": {
        "file": upload("people.csv"),
        "mapping": upload("people.toml"),
        "check": True,
    },
    "base/inspect": {"file": upload("people.csv")},
    "base/put": {
        "table": "observation",
        "rows": [
            {
                "place": "990101",
                "indicator": "people",
                "valid_from": "2023-01-01",
                "valid_to": "2024-01-01",
                "value": 1100,
                "unit": "person",
                "source": "book",
            }
        ],
        "check": True,
    },
    "base/readings": {"days": 7},
    "base/warnings": {"days": 30},
    "base/recut": {
        "indicator": "people",
        "from": "county@2020-11-01",
        "to": "cells:5",
        "method": "weight",
        "weight": "people",
        "year": 2020,
    },
    "base/query": {"sql": "SELECT zh, level FROM unit ORDER BY unit", "limit": 2},
    "base/region": {},
    "base/regions": {},
    "base/table": {"name": "observation", "limit": 3, "offset": 1},
    "base/tables": {},
    "base/timetable": {"by": "name", "limit": 5},
    "base/undo": {"check": True},
    "base/token": {},
    "base/units": {"set": "set:area", "geometry": True, "tolerance": 0.001},
    "base/values": {"indicator": "people", "year": 2020, "level": "county"},
    "plan/assign": {},
    "plan/coverage": {},
    "plan/exempt": {"clause": ["二"], "reason": "标题没有正文", "check": True},
    "plan/roll-out": {"kind": "three_year", "start": 2026, "whole_clauses": True, "check": True},
    "plan/take-tasks": {"file": upload("tasks.xlsx"), "check": True},
    "plan/task": {"task": "p/一@2025", "progress": 0.5, "check": True},
    "plan/task-file": {"format": ["xlsx", "docx"], "language": "en"},
    "plan/tasks": {"on": "2026-02-01", "overdue": True},
    "plan/clauses": {"plan": "p", "has_text": True},
    "plan/contradictions": {"plan": "p", "most_growth": 0.05},
    "plan/evaluate": {},
    "plan/meeting": {"action": "propose", "day": "2026-07-01", "body": "gov", "most": 5},
    "plan/meetings": {"day": "2026-07-01"},
    "plan/minutes": {"meeting": "m1", "language": "en"},
    "plan/needs": {"resource": "land_mu"},
    "plan/norms": {"day": "2025-11-25"},
    "plan/norm-differences": {"topic": "养老", "before": "2024-01-01", "day": "2025-11-25"},
    "exchange/directory": {},
    "exchange/take-directory": {"file": upload("resources.xlsx"), "check": True},
    "plan/papers": {"meeting": "m1"},
    "plan/policies": {"day": "2025-11-25"},
    "plan/portfolio": {"by": ["place", "topic"], "day": "2026-07-01"},
    "plan/projects": {"place": "set:area", "day": "2026-07-01"},
    "plan/reconcile": {"plan": "p"},
    "plan/reforms": {},
    "plan/report": {
        "kind": "midterm",
        "format": ["html", "xlsx", "json", "docx", "pdf"],
        "language": "en",
    },
    "plan/resolutions": {"stands": ["open", "overdue", "done"], "day": "2026-07-01"},
    "plan/resolve": {
        "meeting": "m1",
        "zh": "开通一卡通",
        "clause": "二",
        "owner": "gov",
        "due": "2025-12-31",
        "check": True,
    },
    "space/commuting-circle": {"core": ["990101"], "minutes": 20},
    "space/record-circle": {"as_minutes": "minutes", "core": ["990101"], "check": True},
    "space/isochrone": {"place": "990101", "minutes": [10, 20]},
    "space/rescue": {
        "stations": ["990101"],
        "minutes": 10,
        "hours": ["8:0.5"],
        "geometry": True,
    },
    "space/travel-matrix": {"from": ["990101"], "to": ["set:area"], "mode": "door"},
    "space/travel-times": {"from": ["990101"], "to": ["set:area"], "mode": "door"},
    "space/functional-area": {"cores": ["990101"], "share": 0.1},
    "space/structure": {"dense": 4},
    "duty/around": {"place": "990101", "minutes": 30},
    "duty/board": {"board": "city"},
    "duty/boards": {},
    "duty/co-siting": {"metres": 200},
    "duty/incident": {"incident": 1},
    "duty/incidents": {"state": "open"},
    "duty/industrial-platforms": {"kind": "industry"},
    "duty/replay": {"days": 30},
    "duty/rule": {},
    "duty/sensors": {"days": 7},
    "exchange/avoided-repeats": {"by": ["places", "item", "month"]},
    "exchange/record-repeats": {"as_saved": "revenue", "check": True},
    "exchange/draw": {"action": "propose", "call": "c1"},
    "exchange/experts": {"purpose": "review", "day": "2025-06-01"},
    "exchange/evaluate-sharing": {"since": "2024-01-01", "until": "2024-12-31"},
    "exchange/subsidy": {
        "action": "propose",
        "since": "2024-01-01",
        "until": "2024-12-31",
        "budget_fen": 1000000,
        "day": "2025-03-01",
    },
    "exchange/case-times": {"day": "2025-03-01", "limit_days": 15},
    "exchange/recognise": {
        "item": "glucose",
        "from": "h1",
        "to": "h2",
        "date": "2025-06-05",
        "taken": "2025-06-01",
    },
    "exchange/book": {"booking": "tuesday"},
    "exchange/bookings": {"instrument": "xrd", "since": "2026-02-01", "days": 7},
    "exchange/feedback": {"listing": "coating", "text": "轴承磨损", "check": True},
    "exchange/lead": {"as": "b", "lead_id": "foil", "day": "2026-02-05"},
    "exchange/leads": {"as": "a", "day": "2026-02-05"},
    "exchange/listing": {
        "action": "make",
        "market": "need",
        "body": "firm",
        "title": "轴承磨损快",
        "text": "每三个月更换一次",
        "check": True,
    },
    "exchange/listings": {"market": "result", "readiness": 5},
    "exchange/market": {"market": "instrument"},
    "exchange/match": {"market": "result", "text": "轴承磨损太快", "readiness": 5},
    "exchange/observe": {"figure": "use_hours", "indicator": "minutes", "check": True},
    "exchange/record-usage": {"since": "2024-01-01", "until": "2024-12-31", "check": True},
    "exchange/voucher": {"code": "token-1", "day": "2026-02-05"},
    "exchange/voucher-budget": {"scheme": "tokens", "day": "2026-02-05"},
    "exchange/vouchers": {"firm": "firm", "day": "2026-02-05"},
    "exchange/schemes": {"day": "2025-06-01", "within_days": 30},
    "exchange/contract": {"contract": "swap"},
    "exchange/contracts": {"body": "gov"},
    "exchange/sdmx": {"indicator": ["people"], "first": "2020", "labels": "both"},
    "exchange/settle": {"day": "2025-07-01", "check": True},
    "exchange/preview": {
        "contract": {
            "id": "swap",
            "template": "quota-swap",
            "parties": {"giver": "gov", "taker": "990101"},
            "schedule": {"first": "2026"},
        },
        "figures": {"2026": {"need": 10}},
    },
    "exchange/template": {"template": "relocated-tax"},
    "exchange/templates": {},
    "economy/balances": {"good": "粮食", "year": 2024},
    "economy/chains": {"chain": "cloth"},
    "economy/clusters": {"least": 2, "within_km": 1, "tied_km": 20},
    "economy/funnel": {"as": "a", "investor_from": "110000"},
    "economy/input-output": {"file": upload("io.csv"), "demand": {"农业": 600, "制造业": 1500}},
    "economy/linkage": {"people": "people", "product": "people", "geography": "county"},
    "economy/park-costs": {"run_years": 10},
    "economy/parks": {"weights": [2, 1, 1, 1]},
    "economy/platforms": {},
    "economy/relocations": {"day": "2026-03-01"},
    "economy/splits": {
        "taxes_fen": [6000000000, 6000000000, 6000000000],
        "before_fen": [2000000000, 2500000000, 3000000000],
        "ratios": [0.6, 0.4],
        "floor_fen": 500000000,
        "profits_fen": [0, 1000001, 3000000],
        "origin_stake": 0.51,
        "output_fen": [90000000000, 95000000000, 99000000000],
        "attribution": "double",
    },
    "economy/technology-gaps": {"day": "2026-06-01"},
    "economy/structure": {"total": "jobs", "geography": "county", "like": 0.5},
    "economy/what-if": {
        "geography": "county",
        "mode": "road",
        "productivity": {"990101": 1.05},
        "starts": 1,
    },
    "siting/apply": {"kind": "clinic", "name": "clinics", "open": ["990101"], "check": True},
    "siting/dual-use": {"within_hours": 24},
    "siting/partnerships": {"kinds": ["telemedicine"]},
    "siting/plan-file": {"number": 1, "format": ["xlsx"]},
    "siting/front": {"number": 1, "points": 2},
    "siting/housing-gap": {
        "place": "990101",
        "residents": 300,
        "standards": ["jobs_shops=50"],
        "minutes": 20,
    },
    "siting/hubs": {"number": 1, "clients": ["990101", "990102", "990104"]},
    "siting/locate": {"number": 1, "minutes": 10},
    "siting/provision": {"capacity": "jobs_shops", "standard": 50},
    "siting/scenarios": {
        "number": 1,
        "scenarios": [{"scenario_name": "now"}, {"scenario_name": "slow", "kmh": 30}],
    },
    "siting/school-places": {"levels": ["primary"], "years": [2025]},
    "siting/shared-cost": {
        "by": "county",
        "tonnes_per_person": 0.4,
        "opening_fen": 1000000,
        "fen_per_tonne_km": 200,
    },
    "siting/waste": {"factors": ["household=1.0"], "factor_source": "book"},
    "siting/waste-flow": {
        "tonnes_per_person": 0.4,
        "steps": [{"stage_name": "plant", "opening_fen": 1000, "fen_per_tonne_km": 10}],
    },
    "ledger/account": {"account": "first/tax"},
    "ledger/accounts": {"body": "first"},
    "ledger/balance": {"account": "first/tax"},
    "ledger/close": {"until": "2023-12-31", "check": True},
    "ledger/commodities": {},
    "ledger/entry": {"key": "tax-2024"},
    "ledger/export-head": {},
    "ledger/netting": {},
    "ledger/post": {"entries": [tiny.ENTRIES[0] | {"key": "tax-2025"}], "check": True},
    "ledger/statement": {"account": "second/tax"},
    "ledger/trial-balance": {"book": "as_agreed"},
    "ledger/verify": {},
    "plan/target": {"target": "grow"},
    "plan/targets": {"plan": "p"},
    "plan/view-check": {},
    "plan/view-rules": {},
}


def words(path, ask, *more):
    """The command line of an ask."""
    options = []
    for name, value in ask.items():
        option = name.replace("_", "-")
        if isinstance(value, bool):
            options.append(f"--{option}" if value else f"--no-{option}")
        else:
            options += [f"--{option}", _typed(value)]
    return [*path.split("/"), *options, *map(str, more)]


def _typed(value):
    """A value as it is typed: words of a list by commas, rows and objects as JSON."""
    if isinstance(value, dict) or (isinstance(value, list) and isinstance(value[0], dict)):
        return json.dumps(value, ensure_ascii=False)
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def asked(capsys, path, ask, *more):
    """What the command line answers: exit code, and the JSON of its answer or its error."""
    code = main([*words(path, ask, *more), "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(err if code else out)
