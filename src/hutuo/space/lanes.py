"""The steps of a sweep for many origins at once, their times held in vector registers.

A row holds the times of one node from as many origins as there are lanes. Written as loops over a row, the
compiler reads and writes the row once an arc; here it stays in registers while the arcs of its node pass: on
359,000 nodes a tree takes a fifth of the time.

Source: Delling, Goldberg, Nowatzyk and Werneck (2013), PHAST: hardware-accelerated shortest path trees.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["FEW", "NARROW", "VECTOR", "WIDE", "fallen", "lanes_for", "risen", "turned", "width"]

# Lanes of one vector: 512 bits of int32; where registers are narrower the compiler takes several.
VECTOR = 16
# Lanes where few are needed: more rows stay in the cache.
SHORT = 4
# How many vectors a row has, and whether they are short, is told by the length of a tuple and the kind of
# what it holds, which are part of its type and known to the compiler.
WIDE = (0, 0, 0, 0)
NARROW = (0,)
FEW = (False,)
INDEX = ir.IntType(64)
ONE = ir.Constant(INDEX, 1)


Lanes = tuple[int, ...]


def lanes_for(origins: int) -> Lanes:
    """The narrowest rows that hold so many origins, or the widest there are."""
    if origins > VECTOR:
        return WIDE
    return NARROW if origins > SHORT else FEW


def width(lanes: Lanes) -> int:
    """Origins that a row holds."""
    return len(lanes) * (SHORT if isinstance(lanes[0], bool) else VECTOR)


class _Rows:
    """Code that reads and writes rows of a matrix of times, and walks the arcs of a node."""

    def __init__(self, context: Any, builder: Any, signature: Any, args: Any) -> None:
        arrays = [
            context.make_array(kind)(context, builder, value).data
            for kind, value in zip(signature.args[:4], args[:4], strict=True)
        ]
        self.times, self.first, self.other, self.cost = arrays
        self.builder, self.count = builder, signature.args[5].count
        self.item = ir.IntType(signature.args[0].dtype.bitwidth)
        self.bytes = signature.args[0].dtype.bitwidth // 8
        short = isinstance(signature.args[5].dtype, types.Boolean)
        self.lanes = SHORT if short else VECTOR
        self.vector = ir.VectorType(self.item, self.lanes)
        self.row = self.widened(args[4])

    def widened(self, value: Any) -> Any:
        """An index as 64 bits."""
        return self.builder.zext(value, INDEX) if value.type.width < INDEX.width else value

    def vectors(self, row: Any) -> list[Any]:
        """Where the vectors of a row lie."""
        lanes = ir.Constant(INDEX, self.count * self.lanes)
        begin = self.builder.gep(self.times, [self.builder.mul(row, lanes)])
        start = self.builder.bitcast(begin, self.vector.as_pointer())
        return [self.builder.gep(start, [ir.Constant(INDEX, i)]) for i in range(self.count)]

    def read(self, pointers: list[Any]) -> list[Any]:
        """The vectors of a row."""
        found = [self.builder.load(pointer) for pointer in pointers]
        for value in found:
            value.align = self.bytes
        return found

    def write(self, values: list[Any], pointers: list[Any]) -> None:
        """Puts the vectors of a row back."""
        for value, pointer in zip(values, pointers, strict=True):
            self.builder.store(value, pointer).align = self.bytes

    def arcs(self) -> tuple[Any, Any]:
        """The first arc of the node and the one behind its last."""
        begin = self.builder.load(self.builder.gep(self.first, [self.row]))
        after = self.builder.gep(self.first, [self.builder.add(self.row, ONE)])
        return begin, self.builder.load(after)

    def arc(self, index: Any) -> tuple[Any, Any]:
        """The vectors of the node at the other end of an arc, and its cost in every lane."""
        other = self.widened(self.builder.load(self.builder.gep(self.other, [index])))
        cost = self.builder.load(self.builder.gep(self.cost, [index]))
        empty = ir.Constant(self.vector, ir.Undefined)
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes)
        one = self.builder.insert_element(empty, cost, ir.Constant(ir.IntType(32), 0))
        return self.vectors(other), self.builder.shuffle_vector(one, empty, lanes)

    def least(self, now: Any, before: Any, cost: Any) -> Any:
        """The smaller of what was and of what comes over the arc, lane by lane."""
        over = self.builder.add(before, cost)
        return self.builder.select(self.builder.icmp_signed("<", over, now), over, now)


@intrinsic
def fallen(_: Any, times: Any, first: Any, other: Any, cost: Any, row: Any, lanes: Any) -> Any:
    """Lowers the row of a node to the rows at its arcs' other ends, each plus its cost."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows = _Rows(context, builder, signature, args)
        own = rows.vectors(rows.row)
        start = rows.read(own)
        begin, end = rows.arcs()
        before = builder.block
        loop, done = builder.append_basic_block("arcs"), builder.append_basic_block("done")
        builder.cbranch(builder.icmp_signed("<", begin, end), loop, done)
        builder.position_at_end(loop)
        index = builder.phi(INDEX)
        index.add_incoming(begin, before)
        kept = [builder.phi(rows.vector) for _ in start]
        there, cost_of = rows.arc(index)
        lower = [
            rows.least(now, come, cost_of)
            for now, come in zip(kept, rows.read(there), strict=True)
        ]
        onward = builder.add(index, ONE)
        index.add_incoming(onward, loop)
        for value, first_, next_ in zip(kept, start, lower, strict=True):
            value.add_incoming(first_, before)
            value.add_incoming(next_, loop)
        builder.cbranch(builder.icmp_signed("<", onward, end), loop, done)
        builder.position_at_end(done)
        last = [builder.phi(rows.vector) for _ in start]
        for value, first_, next_ in zip(last, start, lower, strict=True):
            value.add_incoming(first_, before)
            value.add_incoming(next_, loop)
        rows.write(last, own)
        return context.get_dummy_value()

    return types.void(times, first, other, cost, row, lanes), code


@intrinsic
def risen(_: Any, times: Any, first: Any, other: Any, cost: Any, row: Any, lanes: Any) -> Any:
    """Lowers the rows at the other ends of a node's arcs to its own, each plus its cost."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows = _Rows(context, builder, signature, args)
        own = rows.read(rows.vectors(rows.row))
        begin, end = rows.arcs()
        before = builder.block
        loop, done = builder.append_basic_block("arcs"), builder.append_basic_block("done")
        builder.cbranch(builder.icmp_signed("<", begin, end), loop, done)
        builder.position_at_end(loop)
        index = builder.phi(INDEX)
        index.add_incoming(begin, before)
        there, cost_of = rows.arc(index)
        lower = [
            rows.least(now, come, cost_of) for now, come in zip(rows.read(there), own, strict=True)
        ]
        rows.write(lower, there)
        onward = builder.add(index, ONE)
        index.add_incoming(onward, loop)
        builder.cbranch(builder.icmp_signed("<", onward, end), loop, done)
        builder.position_at_end(done)
        return context.get_dummy_value()

    return types.void(times, first, other, cost, row, lanes), code


@intrinsic
def turned(
    _: Any, times: Any, rows: Any, begin: Any, batch: Any, lane: Any, minutes: Any, found: Any
) -> Any:
    """Writes the times of some nodes from some origins as minutes, nodes becoming columns.

    Both are as many as a vector holds: the nodes whose rows ``rows`` names from ``begin`` on, and the origins
    of the lanes from ``lane`` on, whose rows in ``found`` are told by ``batch``. A square of values is turned
    in registers: one by one they would take five times as long.
    """

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        square = _Square(context, builder, signature, args)
        values = square.transposed([square.minutes_of(i) for i in range(VECTOR)])
        for i, value in enumerate(values):
            builder.store(value, square.into(i)).align = 4
        return context.get_dummy_value()

    return types.void(times, rows, begin, batch, lane, minutes, found), code


class _Square:
    """Code that reads rows of times, makes minutes of them and finds where their columns go."""

    def __init__(self, context: Any, builder: Any, signature: Any, args: Any) -> None:
        kinds = signature.args
        arrays = [context.make_array(kinds[i])(context, builder, args[i]) for i in (0, 1, 3, 6)]
        self.times, self.rows, self.batch, self.found = (array.data for array in arrays)
        self.lanes, self.columns = (
            cgutils.unpack_tuple(builder, array.shape)[1] for array in (arrays[0], arrays[3])
        )
        self.builder, self.factor = builder, args[5]
        self.begin, self.lane = args[2], args[4]
        self.item = ir.IntType(kinds[0].dtype.bitwidth)

    def index(self, array: Any, at: Any, i: int) -> Any:
        """One of the indices from a place on, as 64 bits."""
        place = self.builder.add(at, ir.Constant(INDEX, i))
        value = self.builder.load(self.builder.gep(array, [place]))
        return self.builder.zext(value, INDEX) if value.type.width < INDEX.width else value

    def every(self, value: Any) -> Any:
        """A value in every lane."""
        empty = ir.Constant(ir.VectorType(value.type, VECTOR), ir.Undefined)
        one = self.builder.insert_element(empty, value, ir.Constant(ir.IntType(32), 0))
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), VECTOR), [0] * VECTOR)
        return self.builder.shuffle_vector(one, empty, lanes)

    def minutes_of(self, i: int) -> Any:
        """The minutes of one node; ``inf`` where there is no way."""
        b = self.builder
        start = b.add(b.mul(self.index(self.rows, self.begin, i), self.lanes), self.lane)
        vector = ir.VectorType(self.item, VECTOR)
        value = b.load(b.bitcast(b.gep(self.times, [start]), vector.as_pointer()))
        value.align = self.item.width // 8
        exact = b.sitofp(value, ir.VectorType(ir.DoubleType(), VECTOR))
        minutes = b.fptrunc(
            b.fmul(exact, self.every(self.factor)), ir.VectorType(ir.FloatType(), VECTOR)
        )
        limit = self.every(ir.Constant(self.item, 2 ** (self.item.width - 2) - 1))
        none = self.every(ir.Constant(ir.FloatType(), float("inf")))
        return b.select(b.icmp_signed("<", value, limit), minutes, none)

    def transposed(self, values: list[Any]) -> list[Any]:
        """A square turned by exchanging ever larger blocks between its rows."""
        step = 1
        while step < VECTOR:
            for i in (i for i in range(VECTOR) if not i & step):
                one, two = values[i], values[i | step]
                values[i] = self.mixed(one, two, [
                    VECTOR + (k ^ step) if k & step else k for k in range(VECTOR)
                ])  # fmt: skip
                values[i | step] = self.mixed(one, two, [
                    VECTOR + k if k & step else k | step for k in range(VECTOR)
                ])  # fmt: skip
            step *= 2
        return values

    def mixed(self, one: Any, two: Any, taken: list[int]) -> Any:
        """Lanes of two vectors."""
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), VECTOR), taken)
        return self.builder.shuffle_vector(one, two, lanes)

    def into(self, i: int) -> Any:
        """Where the minutes of one origin go."""
        b = self.builder
        start = b.add(b.mul(self.index(self.batch, self.lane, i), self.columns), self.begin)
        place = b.gep(self.found, [start])
        return b.bitcast(place, ir.VectorType(ir.FloatType(), VECTOR).as_pointer())
