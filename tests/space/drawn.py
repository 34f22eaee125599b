"""Small timetables at random, for properties of the engine of timetables."""

from hypothesis import strategies as st

STOPS = 6


@st.composite
def trips(draw):
    """Trips that may stand still, loop, overtake each other, and not be got on or off everywhere."""
    found = []
    for _ in range(draw(st.integers(0, 9))):
        time, calls = draw(st.integers(0, 12)), []
        for _ in range(draw(st.integers(2, 5))):
            stop, time = draw(st.integers(0, STOPS - 1)), time + draw(st.integers(0, 4))
            leaves = time + draw(st.integers(0, 2))
            calls.append(
                (stop, time, leaves, draw(st.integers(0, 4)) > 0, draw(st.integers(0, 4)) > 0)
            )
            time = leaves
        found.append(calls)
        if draw(st.booleans()):
            # The same way a little later, perhaps faster: it may overtake.
            by, faster = draw(st.integers(0, 3)), draw(st.integers(0, 2))
            base = calls[0][2]
            found.append(
                [
                    (
                        s,
                        base + by + max(0, a - base - faster),
                        base + by + max(0, b - base - faster),
                        on,
                        off,
                    )
                    for s, a, b, on, off in calls
                ]
            )
    return found


@st.composite
def walks(draw):
    pairs = st.tuples(st.integers(0, STOPS - 1), st.integers(0, STOPS - 1)).filter(
        lambda p: p[0] != p[1]
    )
    found = draw(st.lists(pairs, max_size=7, unique=True))
    return [(a, b, draw(st.integers(0, 5))) for a, b in found]
