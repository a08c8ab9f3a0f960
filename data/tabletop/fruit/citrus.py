"""Orange and lemon: whole fruits, halves and slices."""

from ..materials import Graph, blend, jitter, plain
from ..shapes import blob, lathe, place, wobble
from .parts import CLOSE, FACING, cap, circle, leaf, pile, read, roll, show, stalk


def citrus(rng, skin, flesh, rim):
    """Material of a cut across, for a radius of 1: segments, membranes, rind."""
    g = Graph("citrus", rng.uniform(0, 9))
    x, y, r = g.axis("X", "Object"), g.axis("Y", "Object"), read(g, "rim")
    sector = g.math("SINE", g.math("MULTIPLY", g.math("ARCTAN2", y, x), rng.choice([4.5, 5.0, 5.5])))
    membrane = g.ramp(g.math("MULTIPLY", g.math("ABSOLUTE", sector), r), (0.03, 1), (0.08, 0))
    juice = g.mix(g.ramp(g.noise(5, 2), (0.35, 0), (0.65, 1)), flesh, blend(flesh, (1, 0.9, 0.4), 0.25))
    pith = blend(flesh, "#fff6d8", 0.75)
    inner = g.mix(membrane, juice, pith)
    ring = g.ramp(r, (0.0, 1), (0.08, 1), (0.13, 0), (1 - rim, 0), (1 - rim + 0.03, 1))
    colour = g.mix(g.ramp(r, (0.95, 0), (0.965, 1)), g.mix(ring, inner, pith), skin)
    return g.surface(colour, 0.25, Specular_IOR_Level=0.6)


def citrus_pile(rng, profile, skin, face, tone, leaf_chance, upright):
    """Whole fruits, halves and slices of an orange or a lemon of radius 1."""
    cut = rng.random() < 0.65
    count = rng.integers(2, 6) if cut else rng.choice([1, 2, 3, 4, 5, 7, 10])
    halves = rng.integers(1, min(count, 3) + 1) if cut else 0
    top = max(z for _, z in profile)
    low = [(r, z - top / 2) for r, z in profile if z < top * 0.45]

    def one(i):
        if i >= count - halves:
            if rng.random() < 0.2:
                slice_ = [lathe([(0, 0), (0.98, 0), (1, 0.1), (0.98, 0.2), (0.9, 0.2)], plain(tone, 0.5), 40, 20)]
                return show(rng, [*slice_, place(cap(circle(1), face), at=(0, 0, 0.205))], 0.0, 0.05)
            body = lathe([*low, (1.0, 0.0)], skin, 40, 20)
            return show(rng, [body, place(cap(circle(1.0), face), at=(0, 0, 0.005))], 0.3, 1.05)
        things = [wobble(lathe(profile, skin, 36, 30), rng, 0.015)]
        if rng.random() < leaf_chance:
            things += [place(stalk(rng, 0.25, 0.05, "#5d6b35"), at=(0, 0, top - 0.05))]
            things += [
                place(leaf(rng, 1.3), at=(0, 0, top + 0.05), turn=(0, -0.2, rng.uniform(0, 6)))
                for _ in range(rng.integers(1, 3))
            ]
        else:
            things.append(place(blob(plain("#6f7a3a", 0.9), (0.12, 0.12, 0.05), 8, 6), at=(0, 0, top - 0.02)))
        return roll(rng, things, upright)

    pile(rng, one, count, 1.12 + 0.48 * top, 1.6)
    return {**FACING, "azimuth": rng.uniform(-0.5, 0.5)} if cut else CLOSE


def orange(rng, age):
    g = Graph("orange", rng.uniform(0, 9))
    ripe = blend(jitter(rng, "#dd8e08"), jitter(rng, "#de6800", 0.01, 0.0), min(1, age * 2))
    green = (
        g.ramp(g.noise(0.8, 2), (0.4 + 0.6 * min(1, age * 3), 0), (0.75 + 0.6 * min(1, age * 3), 0.9))
        if age < 0.25
        else 0.0
    )
    skin = g.surface(
        g.mix(green, ripe, "#93a02c"), 0.38, g.voronoi(8), 0.45, 0.035, Coat_Weight=0.25, Coat_Roughness=0.3
    )
    flesh = jitter(rng, "#e87400", 0.012, 0.0) if rng.random() < 0.92 else jitter(rng, "#b8281c")
    profile = [(0, 0.04), (0.25, 0.02), (0.72, 0.28), (1.0, 0.95), (0.74, 1.62), (0.25, 1.9), (0, 1.86)]
    return citrus_pile(rng, profile, skin, citrus(rng, ripe, flesh, 0.13), ripe, 0.5, 0.5)


def lemon(rng, age):
    g = Graph("lemon", rng.uniform(0, 9))
    ripe = blend(jitter(rng, "#d3d62f"), jitter(rng, "#ebcb04", 0.01, 0.03, 0.05), min(1, age * 2))
    green = g.ramp(g.axis("Z"), (0.0, 0.8), (0.35, 0), (0.75, 0), (1.0, 0.9)) if age < 0.3 else 0.0
    skin = g.surface(g.mix(green, ripe, "#86a02c"), 0.36, g.voronoi(6), 0.2, 0.04)
    long = rng.uniform(2.5, 2.9)
    profile = [
        (0, 0),
        (0.17, 0.02),
        (0.25, 0.14),
        (0.5, 0.32),
        (0.93, 0.75),
        (1.0, 0.5 * long),
        (0.9, long - 0.8),
        (0.5, long - 0.3),
        (0.2, long - 0.1),
        (0, long),
    ]
    return citrus_pile(rng, profile, skin, citrus(rng, ripe, jitter(rng, "#eed944", 0.01), 0.15), ripe, 0.25, 0.0)
