"""What stands on the markets of the tiny region, and short words for asking."""

from datetime import UTC, datetime

from hutuo.exchange.bookings import Book, done
from hutuo.exchange.leads import Lead, lead
from hutuo.exchange.listings import Listing, listing
from hutuo.exchange.vouchers import Budget, Voucher, voucher, voucher_budget

LISTINGS = [
    {
        "listing": "coating",
        "market": "result",
        "body": "uni",
        "title": "轴承滚道耐磨涂层",
        "text": "在轴承滚道上沉积类金刚石涂层,磨损量降低八成,寿命延长三倍。",
        "field": "装备",
        "place": "990101",
        "readiness": 7,
        "rights": ["ZL1", "ZL2"],
    },
    {
        "listing": "vaccine",
        "market": "result",
        "body": "far",
        "title": "重组蛋白疫苗佐剂",
        "text": "提高免疫原性的新型佐剂,已完成动物试验。",
        "field": "医药",
        "place": "990102",
        "readiness": 4,
        "rights": ["ZL3"],
    },
    {
        "listing": "xrd",
        "market": "instrument",
        "body": "uni",
        "title": "X射线衍射仪",
        "text": "物相分析、残余应力、薄膜取向。",
        "field": "检测",
        "place": "990101",
        "details": {"price_fen": 30000, "hours": "mon-sun 00:00-24:00", "cancel_hours": 2},
    },
]
# A Tuesday, at nine local time.
BOOKING = {
    "booking": "tuesday",
    "instrument": "xrd",
    "body": "firm",
    "user": "bob",
    "begins": "2026-02-03T09:00",
    "minutes": 60,
}


def trade(region):
    """Put the listings on their markets."""
    for one in LISTINGS:
        listing(region, Listing(action="make", **one))


def use(region):
    """Book the instrument, and use it."""
    done(region, Book(action="make", **BOOKING), datetime(2026, 2, 1, tzinfo=UTC))
    ended = Book(action="finish", booking="tuesday", used_minutes=50)
    done(region, ended, datetime(2026, 2, 3, 2, tzinfo=UTC))


def pay(region):
    """Fund a scheme, and give a firm a voucher that pays for the booking."""
    voucher_budget(
        region, Budget(scheme="tokens", add_fen=1_000_000, key="first", day="2026-02-01")
    )
    asked = {"scheme": "tokens", "firm": "firm", "face_fen": 20_000, "day": "2026-02-01"}
    voucher(region, Voucher(action="claim", code="token-1", **asked))
    redeems = {"booking": "tuesday", "purpose": "检测", "day": "2026-02-04"}
    voucher(region, Voucher(action="redeem", code="token-1", **redeems))


def meet(region):
    """Record a lead."""
    firm = {
        "investor": "宏远新材料科技有限公司",
        "title": "铝箔生产线",
        "text": "电池铝箔",
        "parties": ["b"],
    }
    lead(region, Lead(as_="a", action="record", lead_id="foil", day="2026-02-01", **firm))
