"""Mushrooms."""

import numpy as np

from ..materials import Graph, blend, jitter, plain
from ..shapes import copy, lathe, move, place, prism, rest, spline, sweep, wobble
from .parts import discard, dome, grid, huddle, tint


def mushroom(rng, age):
    kind = rng.choice(["button", "open", "cluster", "sliced"], p=[0.1, 0.57, 0.3, 0.03])
    brown = rng.random() < 0.6
    tone = blend(jitter(rng, "#a5744a" if brown else "#ebe0cc", 0.01, 0.06, 0.06), "#7a5a3c", 0.35 * age)
    g = Graph("cap", rng.uniform(0, 9))
    fleck = g.ramp(g.noise(5, 3, 0.7), (0.5, 0), (0.66, 0.35 + 0.4 * age))
    crown = g.ramp(g.math("ADD", g.axis("Z", "Object"), g.math("MULTIPLY", g.noise(9), 0.5)), (0.45, 0), (1.0, 0.7))
    colour = g.mix(fleck, g.mix(crown, blend(tone, (1, 0.97, 0.9), 0.3), blend(tone, "#7a5334", 0.6)),
                   blend(tone, "#5e3f28", 0.6))  # fmt: skip
    skin = g.surface(colour, 0.75, g.noise(4, 2), 0.25, Specular_IOR_Level=0.25)
    g = Graph("gills")
    gill = g.surface(g.ramp(tint(g), (0, "#4a3326"), (1, blend("#c49a7c", "#6b4a38", age))), 0.8)
    g = Graph("stem", rng.uniform(0, 9))
    pale = blend(tone, "#f3ebdc", 0.75)
    fibre = g.ramp(g.noise(6, 2, at=g.coordinate(scale=(1, 1, 0.2))), (0.4, 0), (0.7, 0.5))
    stem = g.surface(g.mix(fibre, pale, blend(pale, "#8a6a48", 0.6)), 0.8, Specular_IOR_Level=0.2)
    cream, band = plain(blend(tone, "#f3ead8", 0.85), 0.7), plain(blend("#8a6248", "#5a3c2a", age), 0.9)

    rho, phi = np.linspace(0.2, 0.84, 5)[:, None], np.linspace(0, 2 * np.pi, 180, endpoint=False)[None, :]
    ridge = 0.5 + 0.5 * np.cos(30 * phi) + 0 * rho
    under = np.stack([rho * np.cos(phi), rho * np.sin(phi), 0.1 - 0.14 * rho + 0.03 * ridge], -1)

    def cap(high):
        top = lathe([(0.3, 0.22), (0.75, 0.12), (0.84, -0.05), (0.94, -0.05), (1.0, 0.12), (0.93, 0.45 * high),
                     (0.65, 0.8 * high), (0.3, 0.97 * high), (0, high)], skin, 36, 36)  # fmt: skip
        return [wobble(top, rng, 0.03), grid(under, gill, ridge, wrap=True)]

    def whole(_):
        high, wide, long = rng.uniform(0.6, 0.95), rng.uniform(0.32, 0.42), rng.uniform(0.9, 1.3)
        if kind == "open":
            high, wide, long = rng.uniform(0.45, 0.75), rng.uniform(0.2, 0.28), rng.uniform(1.1, 1.9)
        stalk = sweep([(0, 0, 0.15), (0, 0, -long / 2), (rng.uniform(-0.2, 0.2), 0, -long)],
                      [wide, wide * 0.9, wide, wide * 1.15, wide * 1.1], stem, 20, 16)  # fmt: skip
        things = move([*cap(high), stalk], scale=rng.uniform(0.75, 1.15))
        pose = rng.random()
        tilt = rng.uniform(-0.1, 0.1) if pose < 0.9 else rng.uniform(1.7, 2.1) if pose < 0.97 else rng.uniform(2.9, 3.3)
        return rest(things, tilt=(tilt, 0, rng.uniform(0, 6.3)))

    def cluster():
        """A bunch that grew from one root."""
        count = rng.integers(7, 15)
        caps = [cap(rng.uniform(0.7, 1.0)) for _ in range(2)]
        for i, spot in enumerate(dome(rng, count, 0.15, 0.05)):
            at, size = spot * (1.3, 1.3, 0.8) + (0, 0, 1.0 + rng.uniform(-0.1, 0.1)), 1.6 / np.sqrt(count)
            for part in caps[i % 2]:
                piece = place(copy(part), turn=(0, 0.5 * np.hypot(*spot[:2]), np.arctan2(spot[1], spot[0])))
                place(piece, scale=size * rng.uniform(0.75, 1.0), at=at)
            foot = np.array([0.35 * at[0], 0.35 * at[1], 0])
            sweep([foot, (0.55 * at[0], 0.55 * at[1], at[2] / 2), at], size * 0.3, stem, 10, 10)
        for part in [*caps[0], *caps[1]]:
            discard(part)

    def slab(_):
        """A slice from the middle: the outline of cap and stalk, with the gills' two dark arcs."""
        half = [(0.3, -0.7), (0.26, -0.3), (0.3, 0.0), (0.55, 0.12), (0.85, -0.08), (1.0, 0.15), (0.85, 0.6),
                (0.5, 0.85), (0.05, 0.95)]  # fmt: skip
        half = spline(half, 34)
        arc = spline([(0.31, 0.04), (0.55, 0.18), (0.82, 0.0), (0.86, 0.16), (0.58, 0.38), (0.33, 0.24)], 20)
        rim = prism(np.vstack([half, half[::-1] * (-1, 1)]) * 1.03, 0.13, skin)
        things = [rim, prism(np.vstack([half, half[::-1] * (-1, 1)]), 0.14, cream)]
        things += [prism(arc[:: int(k)] * (k, 1), 0.15, band) for k in (1, -1)]
        stretch = (rng.uniform(0.8, 1.0), rng.uniform(0.8, 1.0), 1)
        return rest(move(things, scale=stretch, turn=(0, 0, rng.uniform(0, 6.3))))

    def leaning(_):
        """A few slices, each propped on the one before."""
        turn, parts = rng.uniform(0, 6.3), []
        for i in range(rng.integers(3, 6)):
            piece = move(slab(0), turn=(0, rng.uniform(0.3, 0.4), 0))
            parts += rest(move(piece, at=(-0.5 * i, rng.uniform(-0.2, 0.2), 0)))
        return move(parts, turn=(0, 0, turn))

    if kind == "cluster":
        cluster()
    elif kind == "sliced":
        count, cut = rng.integers(3, 8), rng.random()
        huddle(rng, lambda i: whole(i) if i < 2 or i > 4 else leaning(i) if i == 2 and cut < 0.4 else slab(i), count)
    else:
        huddle(rng, whole, rng.choice([1, 2, 2, 3, 3, 5]))
    return {"elevation": (25, 60) if kind == "sliced" else (4, 30), "fill": (0.8, 1.08)}
