"""A region small enough to check by hand: four square units, one of them left out, one in part."""

import csv
import json
from pathlib import Path

SOURCE = "book"
# Squares of a tenth of a degree in a row along the equator; areas are near 123 km2 each.
SQUARES = {"990101": 0.0, "990102": 0.1, "990103": 0.2, "990104": 0.3}
# A contract's tax: all of it is paid in the first unit, four tenths count for the second.
ENTRIES = [
    {
        "key": "tax-2024",
        "effective": "2024-12-31",
        "memo": "tax of the park",
        "postings": [
            {"account": "outside/tax", "commodity": "TAX", "amount": -1000},
            {"account": "first/tax", "commodity": "TAX", "amount": 1000, "book": "in_place"},
            {"account": "first/tax", "commodity": "TAX", "amount": 600, "book": "as_agreed"},
            {"account": "second/tax", "commodity": "TAX", "amount": 400, "book": "as_agreed"},
        ],
    },
    {
        "key": "due-2024",
        "effective": "2024-12-31",
        "postings": [
            {"account": "first/due:second", "commodity": "CNY", "amount": -400},
            {"account": "second/due:first", "commodity": "CNY", "amount": 400},
        ],
    },
]
# People who work in farming, mills and shops.
JOBS = {"990102": (40, 40, 20), "990103": (10, 30, 60), "990104": (50, 10, 40)}
HEADS = {
    "unit": "unit,zh,en,level,parent,boundary,source",
    "place": "place,kind,zh,en,part_of,delimited,open_within,source",
    "membership": "set,member,role,clause,source",
    "body": "body,zh,en,kind,unit,source",
    "source": "source,zh,en,publisher,published,licence,quality,origin",
    "indicator": "indicator,zh,en,unit,topic,aggregation,definition_zh,definition_en,core",
    "observation": "place,indicator,valid_from,valid_to,value,unit,source,estimate",
    "plan": "plan,zh,en,issuer,issued,horizon_from,horizon_to,outlook,main,source",
    "clause": "plan,clause,parent,level,ordinal,zh,en,summary_zh,summary_en,has_text,systems",
    "target": "target,plan,clause,zh,en,indicator,operator,value,unit,year,year_from,stance,"
    "place,scope,number,method_zh,method_en,related",
    "baseline": "baseline,plan,clause,zh,en,place,indicator,operator,precision,year_from,check,of,per",
    "quantity": "quantity,plan,clause,ordinal,kind,subject,operator,value,unit,value_type,target_year,"
    "year_from,quote",
    "project": "project,plan,clause,kind,zh,en,topic,owner,place,priority,start,due,state,land_mu,money_fen",
    "milestone": "project,ordinal,zh,en,due,state,done_on",
    "supply": "supply,place,year,land_mu,money_fen,source",
    "meeting": "meeting,plan,zh,en,body,day,venue,chair,attendees,state",
    "agenda": "meeting,ordinal,zh,en,reason,clause,outcome",
    "norm": "norm,valid_from,valid_to,version,kind,body,topic,zh,en,source",
    "norm_accepted": "norm,body,version,source",
    "resource": "resource,ordinal,title,provider,sharing",
    "resource_item": "resource,ordinal,title,type",
    "norm_item": "norm,version,item,zh,en,says,value,unit,source",
    "policy": "policy,valid_from,valid_to,place,topic,zh,en,rule,value,unit,recognises,source",
    "task": "task,plan,clause,kind,zh,en,start,due,deadline,deadline_from,owner,state,progress",
    "reform_case": "case,plan,clause,place,zh,en,state,indicator,before_on,after_on",
    "institution": "institution,zh,en,kind,level,place",
    "scheme": "scheme,valid_from,valid_to,kind,zh,en,least_level,without_level,least_quality",
    "scheme_party": "scheme,place,valid_from,valid_to",
    "scheme_item": "scheme,item,zh,en,validity_days,fee_fen",
    "recognition": "scheme,institution,item,valid_from,valid_to,side,quality",
    "suspension": "scheme,institution,item,valid_from,valid_to,reason",
    "recognised_use": "scheme,item,issued_by,accepted_by,day,uses,saved_fen",
    "expert": "expert,zh,en,employer,place,fields",
    "expert_consent": "expert,purpose,valid_from,valid_to",
    "expert_tie": "expert,with,kind,day",
    "expert_call": "call,zh,en,purpose,day,applicants,seats,reserves,seats_by_field,least_elsewhere",
    "instrument_usage": "owner,instrument,valid_from,valid_to,hours_available,hours_booked,hours_no_show,"
    "hours_outside,satisfaction,ratings,results",
    "evaluation_rule": "rule,version,zh,en,funder,least_score,cap_fen,floor_fen",
    "evaluation_measure": "rule,version,measure,weight,full_at",
    "ip_right": "right,kind,zh,en,state,holder,filed,expires,source",
    "training": "holder,training,valid_from,valid_to,source",
    "voucher_scheme": "scheme,valid_from,valid_to,zh,en,issuer,accepted_in,purposes,share,most_fen,"
    "most_firm_fen,valid_days,source",
    "case_flow": "case_no,kind,origin,destination,opened,closed,outcome",
    "measure": "measure,zh,en,place,cost_yuan,cost_low,cost_high,choice,needs,source",
    "measure_effect": "measure,substance,tonnes,low,high,source",
    "ecosystem_stock": "place,product,unit,year,opening,closing,zh,en,source",
    "ecosystem_flow": "place,product,year,flow,kind,amount,value_fen,partner,source",
    "water_zone": "zone,place,water_source,protection,area_km2,buildable_km2,source",
    "material_flow": "flow,at,to,material,kind,year,tonnes,source",
    "heat_point": "point,kind,zh,en,place,lon,lat,celsius,megawatts,hours,source",
    "solar_surface": "surface,place,kind,area_m2,usable,irradiation,power_density,installed_kw,source",
}
ROWS = {
    "unit": [
        "990100,小都,Littlecity,prefecture,,no,book",
        "990101,甲区,Alpha,county,990100,yes,book",
        "990102,乙县,Beta,county,990100,yes,book",
        "990103,丙县,Gamma,county,990100,yes,book",
        "990104,丁区,Delta,county,990100,yes,book",
    ],
    "place": [
        "set:area,set,小都市圈,Little area,,no,990100,book",
        "part:delta-town,part,丁区城区,Delta town,990104,no,,book",
    ],
    "membership": [
        "set:area,990101,whole,一,book",
        "set:area,990102,whole,一,book",
        "set:area,990103,excluded,一,book",
        "set:area,part:delta-town,part,一,book",
    ],
    "body": ["gov,小都政府,Littlecity government,government,990100,book"],
    "source": ["book,年鉴,Yearbook,Statistics office,2024-01-01,open,A,shelf 1"],
    "indicator": [
        "people,常住人口,Residents,person,population,sum,常住人口,Residents,yes",
        "area,面积,Area,km2,land,sum,面积,Area,no",
        "revenue,营业收入,Revenue,亿元,economy,sum,营业收入,Revenue,yes",
        "minutes,通勤时间,Commuting time,minute,transport,none,最长时间,Longest time,no",
        "share,占比,Share,%,economy,none,占比,Share,no",
        "jobs,就业,Jobs,person,employment,sum,就业,Jobs,no",
        "jobs_farms,就业:农业,Jobs: farming,person,employment,sum,就业,Jobs,no",
        "jobs_mills,就业:制造业,Jobs: manufacturing,person,employment,sum,就业,Jobs,no",
        "jobs_shops,就业:服务业,Jobs: services,person,employment,sum,就业,Jobs,no",
    ],
    "observation": [
        "990101,people,2010-11-01,2010-11-02,900,person,book,no",
        "990101,people,2020-11-01,2020-11-02,1000,person,book,no",
        "990102,people,2020-11-01,2020-11-02,500,person,book,no",
        "990104,people,2020-11-01,2020-11-02,400,person,book,no",
        "set:area,people,2021-01-01,2022-01-01,1700,person,book,no",
        "set:area,revenue,2020-01-01,2021-01-01,100,亿元,book,no",
        "set:area,revenue,2024-01-01,2025-01-01,146.41,亿元,book,no",
        "990101,revenue,2024-01-01,2025-01-01,73.205,亿元,book,no",
        "990101,share,2024-01-01,2025-01-01,50,%,book,no",
        *(
            f"{unit},jobs_{name},2020-11-01,2020-11-02,{people},person,book,no"
            for unit, row in JOBS.items()
            for name, people in zip(("farms", "mills", "shops"), row, strict=True)
        ),
    ],
    "plan": [
        "p,小都规划,Little plan,Littlecity,2024-06-01,2024,2030,2035,yes,book",
        "other,大省规划,Plan above,Province,2023-06-01,2021,2035,,no,book",
    ],
    "quantity": ["p/一#q1,p,一,1,target,营业收入,>=,200,亿元,level,2028,stated,营业收入翻番"],
    "clause": [
        "p,一,,1,1,发展,Growth,写发展,On growth,yes,S59",
        "p,二,,1,2,交通,Transport,,,no,",
    ],
    "target": [
        "grow,p,一,收入翻番,Revenue,revenue,>=,200,亿元,2028,stated,力争,set:area,total,,营收,Revenue,",
        "ride,p,二,一小时,One hour,minutes,<=,60,minute,2030,inherited,,set:area,total,,时间,Time,revenue",
        "parks,p,一,园区,Parks,revenue,>=,100,亿元,,none,打造,set:area,each,,营收,Revenue,",
    ],
    "baseline": [
        "people,p,一,人口,Residents,set:area,people,~,50,none,sum,people,",
        "share,p,一,占比,Share,990101,share,=,0.5,stated,ratio,revenue@990101,revenue@set:area",
        "sum,p,一,收入目标,Revenue targets,set:area,revenue,=,,stated,targets,grow,",
    ],
    "project": [
        "bridge,p,一,project,跨河桥,River bridge,交通,gov,990101,1,2025-03-01,2025-12-31,in_progress,"
        "60,500000000",
        "park,p,一,project,共建园区,Joint park,产业,gov,990102,2,2025-01-01,2027-12-31,planned,100,300000000",
        "card,p,二,matter,一卡通,One card,交通,,set:area,,,2026-06-30,planned,,",
    ],
    "milestone": [
        "bridge,1,开工,Begun,2025-04-01,done,2025-03-20",
        "bridge,2,合龙,Closed,2025-10-01,open,",
    ],
    "supply": ["quota,990100,2025,120,,book", "fund,990100,2025,,600000000,book"],
    "meeting": [
        "m1,p,第一次联席会议,First joint meeting,gov,2025-06-30,一号会议室,市长,甲区|乙县,held"
    ],
    "agenda": ["m1,1,听取进展,Progress,added,一,同意"],
    "norm": [
        "care,2020-01-01,2025-01-01,2020,services,gov,养老,养老服务目录,Care of the old,book",
        "care,2025-01-01,,2025,services,gov,养老,养老服务目录,Care of the old,book",
    ],
    "norm_accepted": ["care,gov,2020,book"],
    "resource": ["101000/1,1,人口库,小都公安局,有条件共享"],
    "resource_item": ["101000/1,1,姓名,字符型C"],
    "norm_item": [
        "care,2020,1,老年人津贴,Aid for the old,每月 / monthly,50,元,book",
        "care,2025,1,老年人津贴,Aid for the old,每月 / monthly,80,元,book",
        "care,2025,2,助餐,Meals,每日一餐 / a meal a day,,,book",
    ],
    "policy": [
        "alpha-rent,2024-01-01,2026-01-01,990101,住房,甲区租金补贴,Rent aid of Alpha,"
        "每月补贴 / monthly aid,500,元,beta-rent,book",
        "beta-rent,2024-01-01,,990102,住房,乙县租金补贴,Rent aid of Beta,"
        "每月补贴 / monthly aid,0.06,万元,,book",
        "alpha-skill,2023-01-01,2025-01-01,990101,人才,甲区人才办法,Skills rule of Alpha,"
        "认定 / listing,,,,book",
    ],
    "task": [
        "p/一@2025-2027,p,一,three_year,收入翻番行动,Double the revenue,2025-01-01,2027-12-31,"
        "2028-12-31,stated,gov,in_progress,0.25",
        "p/一@2025,p,一,yearly,收入翻番行动,Double the revenue,2025-01-01,2025-12-31,2028-12-31,"
        "stated,gov,open,0",
    ],
    "reform_case": [
        "one-seal,p,一,set:area,一枚印章管审批,One seal,proven,revenue,2020-06-30,2024-06-30"
    ],
    "institution": [
        "h1,甲区医院,Hospital of Alpha,hospital,3,990101",
        "h2,乙县医院,Hospital of Beta,hospital,2,990102",
        "h3,丁区医院,Hospital of Delta,hospital,1,990104",
        "lab,乙县检验所,Laboratory of Beta,laboratory,,990102",
        "uni,甲区大学,University of Alpha,university,,990101",
        "far,外地研究院,Institute elsewhere,university,,990103",
    ],
    "scheme": ["tests,2024-01-01,2027-01-01,medical_test,检验互认,Tests,2,laboratory|imaging,2"],
    "scheme_party": ["tests,set:area,2024-01-01,"],
    "scheme_item": ["tests,glucose,血糖,Glucose,7,1500", "tests,ct,胸部CT,Chest CT,30,"],
    "recognition": [
        "tests,h1,glucose,2024-01-01,,both,3",
        "tests,h1,ct,2024-01-01,2025-07-01,both,2",
        "tests,h2,glucose,2024-06-01,,both,2",
        "tests,h2,ct,2024-01-01,,both,1",
        "tests,h3,glucose,2024-01-01,,both,3",
        "tests,lab,glucose,2024-01-01,,issues,3",
    ],
    "suspension": ["tests,lab,glucose,2025-03-01,2025-04-01,室间质评不合格"],
    "recognised_use": [
        "tests,glucose,h1,h2,2025-01-01,40,60000",
        "tests,glucose,h1,h2,2025-02-01,10,15000",
        "tests,glucose,lab,h1,2025-03-10,2,",
        "tests,ct,h1,h2,2025-02-01,3,",
    ],
    "expert": [
        "e1,张一,Zhang Yi,h1,,医学",
        "e2,李二,Li Er,h2,,医学|材料",
        "e3,王三,Wang San,uni,,材料",
        "e4,赵四,Zhao Si,far,,材料",
        "e5,钱五,Qian Wu,h3,,医学",
    ],
    "expert_consent": [
        "e1,review,2024-01-01,",
        "e2,review,2024-01-01,",
        "e3,review,2024-01-01,",
        "e4,review,2024-01-01,",
        "e5,review,2024-01-01,2025-01-01",
    ],
    "expert_tie": ["e2,uni,project,2024-05-01", "e4,uni,paper,2020-05-01"],
    "expert_call": ["c1,材料评审,Review of materials,review,2025-06-01,uni,1,1,,"],
    "instrument_usage": [
        "uni,xrd,2024-01-01,2025-01-01,1000,620,20,300,0.9,10,4",
        "uni,sem,2024-01-01,2025-01-01,1000,200,0,100,0.8,30,1",
        "h1,mri,2024-01-01,2025-01-01,2000,1000,200,80,0.7,20,0",
    ],
    "evaluation_rule": ["sharing,1,仪器共享评价,Sharing of instruments,gov,10,,0"],
    "evaluation_measure": [
        "sharing,1,hours_used,40,1000",
        "sharing,1,outside_share,40,1",
        "sharing,1,satisfaction,20,1",
    ],
    "ip_right": [
        "ZL1,invention,耐磨涂层,Wear-proof coating,granted,uni,2020-01-01,2040-01-01,book",
        "ZL2,utility_model,涂层夹具,Jig for coating,granted,uni,2012-01-01,2022-01-01,book",
        "ZL3,invention,疫苗佐剂,Adjuvant,applied,far,2024-01-01,,book",
    ],
    "training": ["ann,xrd,2024-01-01,2025-07-01,book", "bob,xrd,2024-01-01,,book"],
    "voucher_scheme": [
        "tokens,2024-01-01,2200-01-01,小都创新券,Tokens of Littlecity,gov,990100,检测|设计,0.5,1000000,"
        "1500000,365,book",
    ],
    "case_flow": [
        "n1,养老保险转移,990101,990102,2025-01-01,2025-01-11,done",
        "n2,养老保险转移,990101,990102,2025-01-01,2025-01-21,done",
        "n3,养老保险转移,990101,990102,2025-01-01,2025-01-16,withdrawn",
        "n4,养老保险转移,990101,990102,2025-01-01,,",
        "n5,养老保险转移,990102,990101,2025-02-01,,",
    ],
    "measure": [
        "boiler,锅炉改造,Boilers,990101,100000,80000,120000,heat,,book",
        "gas,煤改气,Gas for coal,990101,300000,,,heat,,book",
        "scrub,脱硫脱硝,Scrubbers,990102,200000,150000,260000,,,book",
        "meter,能耗监测,Meters,990102,-20000,,,,,book",
        "dispatch,协同调度,Dispatch,990102,50000,,,,meter,book",
    ],
    "measure_effect": [
        "boiler,CO2,1000,900,1100,book",
        "boiler,SO2,5,,,book",
        "gas,CO2,2500,2000,2800,book",
        "gas,SO2,12,,,book",
        "scrub,CO2,-150,-200,-100,book",
        "scrub,SO2,40,30,45,book",
        "scrub,VOC,1,,,book",
        "meter,CO2,200,,,book",
        "dispatch,CO2,600,400,700,book",
    ],
    "ecosystem_stock": [
        "990102,carbon_sink,吨,2024,1000,1160,林业碳汇,Carbon sink of forests,book",
        "990102,carbon_sink,吨,2025,1160,,林业碳汇,Carbon sink of forests,book",
    ],
    "ecosystem_flow": [
        "990102,carbon_sink,2024,grown,growth,300,,,book",
        "990102,carbon_sink,2024,sold,sale,150,900000,firm,book",
        "990102,carbon_sink,2025,grown,growth,200,,,book",
    ],
    "water_zone": [
        "w1,990102,乙县水库,first,2,0.5,book",
        "w2,990102,乙县水库,second,10,4,book",
        "w3,990102,乙县水库,quasi,20,,book",
    ],
    "material_flow": [
        "f1,990101,,household_waste,generated,2024,100,book",
        "f2,990102,,household_waste,generated,2024,50,book",
        "f3,990101,plant,household_waste,moved,2024,100,book",
        "f4,990102,plant,household_waste,moved,2024,45,book",
        "f5,plant,,household_waste,burnt,2024,120,book",
        "f6,plant,,household_waste,recycled,2024,25,book",
    ],
    "heat_point": [
        "mill,source,钢厂,Steel mill,990101,0.05,0.05,90,10,,book",
        "kiln,source,窑炉,Kiln,990102,0.15,0.05,60,4,8-20,book",
        "homes,sink,小区,Homes,990102,0.12,0.05,55,6,,book",
        "baths,sink,浴场,Baths,990102,0.18,0.05,70,3,18-6,book",
    ],
    "solar_surface": [
        "sheds,990101,roof_industry,100000,0.6,1500,,2000,book",
        "slope,990102,land,200000,0.5,1550,50,,book",
    ],
}
TOML = """id = "{id}"
zh = "小都市圈"
en = "Little area"
released = 2025-01-01
set = "set:area"

[boundaries]
layer = "units.geojson"
source = "book"
area_indicator = "area"
"""


def write_pack(folder: Path, name: str = "little") -> Path:
    """Write the tiny pack and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "region.toml").write_text(TOML.format(id=name), encoding="utf-8")
    for table, rows in ROWS.items():
        (folder / f"{table}.csv").write_text(
            "\n".join([HEADS[table], *rows]) + "\n", encoding="utf-8"
        )
    write_layer(folder / "units.geojson", list(SQUARES))
    return folder


def write_layer(file: Path, codes: list[str]) -> None:
    """Write the squares of these units as GeoJSON."""
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": _square(SQUARES[code])}
        for code in codes
    ]
    file.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )


def edit(folder: Path, table: str, change: "dict[tuple[int, str], str]") -> None:
    """Change cells of a pack's table: (line of the file, column) to text."""
    file = folder / f"{table}.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    for (line, column), text in change.items():
        rows[line - 1][rows[0].index(column)] = text
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows(rows)


def _square(west: float) -> dict[str, object]:
    east = round(west + 0.1, 6)
    ring = [[west, 0.0], [east, 0.0], [east, 0.1], [west, 0.1], [west, 0.0]]
    return {"type": "Polygon", "coordinates": [ring]}
