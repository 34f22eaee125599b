"""Chains, parks and registers of the tiny region: few enough to work out by hand."""

from hutuo.base.recording import recorded

SOURCE = {"source": "book"}
MU, WAN, YUAN = 1, 10_000_00, 100
INSTITUTIONS = [
    ("mill", "甲区纺织厂", "Mill of Alpha", "990101"),
    ("dye", "乙县印染厂", "Dye works of Beta", "990102"),
    ("sew", "乙县制衣厂", "Tailors of Beta", "990102"),
    ("sew2", "甲区制衣厂", "Tailors of Alpha", "990101"),
]
CHAINS = [("cloth", "纺织服装链", "Cloth", "轻纺"), ("home", "家纺链", "Home textiles", "轻纺")]
# Chain, link, names, codes, whether it is needed.
LINKS = [
    ("cloth", "spin", "纺纱织布", "Spinning", "171", True),
    ("cloth", "dye", "印染", "Dyeing", "1713", True),
    ("cloth", "sew", "制衣", "Sewing", "181", True),
    ("cloth", "machines", "纺织机械", "Machines", "355", True),
    ("cloth", "design", "服装设计", "Design", None, False),
    ("home", "fabric", "面料", "Fabric", "171", True),
]
SUPPLIES = [("cloth", "spin", "dye"), ("cloth", "dye", "sew")]
ACTIVITIES = [("mill", "1711"), ("dye", "1713"), ("sew", "1811"), ("sew2", "1811")]
DELIVERIES = [("mill", "dye", "1711"), ("dye", "sew", "1713")]
# Land and built land in mu, output and tax in 10,000 yuan, energy in tce.
PARKS = {
    "north": (1000, 500, 500_000, 20_000, 10_000),
    "south": (800, 800, 400_000, 24_000, 20_000),
    "east": (500, 250, 100_000, 2_500, 12_500),
}
# Price in yuan, unit, how often it is paid.
PRICES = {
    "north": {"land": (200_000, "亩", "once"), "power": (0.6, "kWh", "used")},
    "south": {"land": (100_000, "亩", "once"), "power": (0.7, "kWh", "used")},
    "east": {"power": (0.5, "kWh", "used")},
}
LEADS = [
    ("a1", "contact", "2025-07-01", "m1", None),
    ("a1", "negotiation", "2025-08-30", None, None),
    ("a1", "signed", "2025-10-01", None, "park"),
    ("a2", "contact", "2025-07-01", "m1", None),
    ("a2", "visit", "2025-07-11", None, None),
    ("a2", "lost", "2025-09-01", None, None),
    ("a3", "contact", "2025-07-05", None, None),
]
GRAIN = [
    ("production", "小麦", 60),
    ("production", "玉米", 40),
    ("inflow", "外省调入", 10),
    ("use", "口粮", 70),
    ("use", "饲料", 20),
    ("loss", "损耗", 5),
    ("stock_change", "储备增加", 15),
]


def rows():
    """Rows by table."""
    return {
        "institution": _all(("institution", "zh", "en", "place"), INSTITUTIONS, kind="enterprise"),
        "chain": _all(("chain", "zh", "en", "industry"), CHAINS),
        "chain_link": _all(("chain", "link", "zh", "en", "codes", "needed"), LINKS),
        "chain_supply": _all(("chain", "supplier", "buyer"), SUPPLIES),
        "business": _all(("institution", "code"), ACTIVITIES),
        "delivery": _all(("supplier", "buyer", "code"), DELIVERIES),
        "cluster": _all(
            ("cluster", "zh", "en", "level", "chains"),
            [
                ("cloths", "甲乙纺织集群", "Cloth of Alpha and Beta", "provincial", "cloth"),
                ("homes", "家纺集群", "Home textiles", "national", "home"),
            ],
        ),
        "cluster_unit": _all(
            ("cluster", "place"), [("cloths", "990101"), ("cloths", "990102"), ("homes", "990104")]
        ),
        "platform": _all(
            ("platform", "zh", "en", "kind", "level", "state", "host", "place", "chains"),
            [
                ("tests", "纺织检测中心", "Cloth tests", "test_centre", "provincial", "running",
                 "lab", "990102", "cloth"),
                ("fibre", "纤维重点实验室", "Fibre laboratory", "key_laboratory", "national",
                 "running", "uni", "990101", "cloth"),
                ("fibre-2", "纤维重点实验室(筹)", "Fibre laboratory, to be", "key_laboratory",
                 "national", "planned", "uni", None, None),
            ],
        ),
        "park": _all(
            ("park", "zh", "en", "level", "place"),
            [
                ("north", "北园", "North park", "provincial", "990101"),
                ("south", "南园", "South park", "provincial", "990102"),
                ("east", "东园", "East park", "county", "990104"),
            ],
        ),
        "park_year": [
            {"park": park, "year": 2024, "land_mu": land, "used_mu": used,
             "output_fen": output * WAN, "tax_fen": tax * WAN, "energy_tce": tce, **SOURCE}
            for park, (land, used, output, tax, tce) in PARKS.items()
        ],
        "park_price": [
            {"park": park, "item": item, "price": price, "unit": unit, "per": per, **SOURCE}
            for park, prices in PRICES.items()
            for item, (price, unit, per) in prices.items()
        ],
        "project_use": _all(
            ("type", "item", "amount", "unit"),
            [("标准厂房", "land", 50.0, "亩"), ("标准厂房", "power", 1000.0, "万千瓦时")],
        ),
        "relocation": _all(
            ("relocation", "zh", "en", "kind", "from_place", "to_place", "due", "moved", "state",
             "people", "freed_mu"),
            [
                ("market", "批发市场", "Wholesale market", "market", "990101", "990102",
                 "2025-06-30", "2025-07-30", "moved", 400, 120.0),
                ("works", "机修厂", "Repair works", "factory", "990101", None, "2025-12-31", None,
                 "planned", None, None),
            ],
        ),
        "lead_step": _all(
            ("lead", "stage", "day", "meeting", "project"), LEADS, origin="110000",
            money_fen=500_000_000,
        ),
        "technology_gap": _all(
            ("gap", "zh", "en", "chain", "link", "owner", "opened", "call", "called", "due",
             "solvers", "outcome", "closed", "evidence"),
            [
                ("needles", "高速织针", "High-speed needles", "cloth", "machines", "gov",
                 "2025-01-01", "2025-3", "2025-03-01", "2026-03-01", "uni|lab", "solved",
                 "2026-02-01", "验收意见1号"),
                ("dyes", "无水染色", "Dyeing without water", "cloth", "dye", "gov", "2025-02-01",
                 "2025-3", "2025-03-01", "2026-03-01", "uni", None, None, None),
                ("looms", "智能织机", "Smart looms", "cloth", None, None, "2025-05-01", None,
                 None, None, None, None, None, None),
            ],
        ),
        "goods_balance": [
            {"good": "粮食", "place": "set:area", "year": 2024, "item": item, "side": side,
             "amount": float(amount), "unit": "万吨", **SOURCE}
            for side, item, amount in GRAIN
        ],
    }  # fmt: skip


def link(region):
    """Write all rows into a region, as one batch."""
    recorded(region, rows(), "put", check=False)


def _all(names, given, **same):
    return [dict(zip(names, row, strict=True)) | same | SOURCE for row in given]
