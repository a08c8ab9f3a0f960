"""Head cabbage, broccoli, cauliflower."""

import numpy as np

from ..materials import Graph, blend, jitter, plain
from ..shapes import blob, copy, lathe, place, rest, sweep
from .parts import CLOSE, balls, discard, dome, grid, huddle, tint, veins


def cabbage_leaf(rng, material, reach, width, flare, ruffle):
    s, t = np.linspace(0.02, 1, 40)[:, None], np.linspace(-1, 1, 25)[None, :]
    vein = veins(s, t, 6)
    crinkle = np.sin(17 * s + rng.uniform(0, 6)) * np.sin(11 * t + 4 * s)
    phase = rng.uniform(0, 6.3, 2)
    polar = reach * s
    azimuth = t * width * (1 - 0.95 * np.clip((s - 0.6) / 0.4, 0, 1) ** 2.5)
    edge = np.maximum(np.abs(t), np.clip((s - 0.5) / 0.5, 0, 1)) ** 3
    wave = np.sin(9 * s + 5 * t + phase[0]) + np.sin(14 * t + phase[1])
    r = 1 + 0.03 * vein + 0.008 * crinkle + flare * s**4 + ruffle * edge * wave
    points = np.stack([r * np.sin(polar) * np.cos(azimuth), r * np.sin(polar) * np.sin(azimuth), 1 - r * np.cos(polar)],
                      -1)  # fmt: skip
    return grid(points, material, vein)


def head_cabbage(rng, age):
    red = rng.random() < 0.1
    fresh = jitter(rng, "#7a3b63" if red else rng.choice(["#98bb50", "#acc868", "#7fa84a"]), 0.02)
    rib = "#dcc3d6" if red else "#e6efc6"

    def leaf(tone):
        g = Graph("cabbage leaf", rng.uniform(0, 9))
        tone = blend(tone, "#c2bd68", 0.4 * age**2)
        patch = g.mix(g.noise(2.5, 2), blend(tone, (0, 0.05, 0), 0.22), blend(tone, (1, 1, 1), 0.15))
        return g.surface(g.mix(tint(g), patch, rib), 0.45, Subsurface_Weight=0.0)

    inner, outer = leaf(blend(fresh, rib, 0.1)), leaf(blend(fresh, "#4f7f35" if not red else "#4c3a5a", 0.5))
    things = [blob(inner, (0.93, 0.93, 0.93), 24, 16)]
    place(things[0], at=(0, 0, 1))
    for i in range(7):
        piece = cabbage_leaf(rng, inner, rng.uniform(2.3, 2.9), rng.uniform(1.0, 1.3), 0.0, 0.008)
        things.append(place(piece, turn=(0, 0, 2.4 * i), scale=1 + 0.012 * i))
    for i in range(rng.integers(5, 9)):
        piece = cabbage_leaf(rng, outer, rng.uniform(1.5, 2.0), rng.uniform(0.9, 1.2), rng.uniform(0.2, 0.5), 0.05)
        things.append(place(piece, turn=(0, 0, 2.2 * i), scale=rng.uniform(1.1, 1.35) + 0.02 * i))
    things.append(place(lathe([(0, -0.2), (0.28, -0.2), (0.26, 0.1), (0, 0.1)], plain("#dfe3bd", 0.6), 16, 10)))
    rest(things, tilt=(rng.uniform(-0.6, 0.6), rng.uniform(-0.6, 0.6), 0))
    return CLOSE | {"elevation": (25, 65)}


def broccoli(rng, age):
    green = blend(jitter(rng, rng.choice(["#4a7d30", "#5c9438", "#41754a"])), "#b3a83a", 0.5 * age**2)
    g = Graph("floret", rng.uniform(0, 9))
    bud = g.surface(g.mix(g.ramp(g.noise(2.5), (0.35, 0), (0.65, 1)), blend(green, (0, 0, 0), 0.3), green), 0.7)
    stem = plain(blend(jitter(rng, "#a9c27a"), "#b7a96a", 0.5 * age), 0.5)
    clusters = [balls(0.9 * dome(rng, 46, -0.1, 0.05), rng.uniform(0.17, 0.26, 46), bud) for _ in range(2)]
    cores = [blob(bud, (0.85, 0.85, 0.7), 12, 8)]

    def head(i, spread=None):
        spread = spread or rng.integers(9, 16)
        root = np.array([0, 0, -1.5])
        things = [sweep([(0, 0, -1.9), (0, 0, -1.2), (0, 0, -0.5)], [0.36, 0.34, 0.42], stem, 12, 8)]
        for spot in dome(rng, spread, 0.1, 0.06):
            at, size = spot * (1.0, 1.0, 0.75), 0.9 * np.sqrt(4 / spread) * rng.uniform(0.85, 1.2)
            turn = (0, np.arccos(np.clip(spot[2], -1, 1)) * 0.8, np.arctan2(spot[1], spot[0]))
            for part in (clusters[rng.integers(2)], cores[0]):
                things.append(place(copy(part), turn=(0, 0, rng.uniform(0, 6)), scale=size))
                place(things[-1], turn=turn)
                place(things[-1], at=at)
            things.append(sweep([root * 0.6, (0.45 * at[0], 0.45 * at[1], -0.5), at], [0.16, 0.13, 0.2], stem, 8, 8))
        tilt = rng.choice([0.0, rng.uniform(0.9, 1.6), rng.uniform(1.3, 1.9)])
        return rest(things, tilt=(tilt, 0, rng.uniform(0, 6)))

    count = rng.choice([1, 1, 2, 3])
    huddle(rng, lambda i: head(i, None if count < 3 else 6), count)
    for part in (*clusters, *cores):
        discard(part)
    return CLOSE


def cauliflower(rng, age):
    white = blend(jitter(rng, "#f1ead2", 0.01, 0.04, 0.04), "#d9bf7c", 0.5 * age**2)
    g = Graph("curd", rng.uniform(0, 9))
    stain = g.ramp(g.noise(3, 3), (0.5, 0), (0.75, 0.45 * age**2))
    curd = g.surface(g.mix(stain, white, "#8a6a3c"), 0.7)
    knobs = [balls(0.85 * dome(rng, 24, 0.0, 0.08), rng.uniform(0.26, 0.4, 24), curd) for _ in range(2)]
    g = Graph("cauliflower leaf", rng.uniform(0, 9))
    green = blend(jitter(rng, "#7ea653"), "#b3ab58", 0.6 * age)
    leafy = g.surface(g.mix(tint(g), g.mix(g.noise(3), green, blend(green, "#4c7a3a", 0.6)), "#e4ecc8"), 0.5)

    def head(_):
        things = [place(blob(curd, (0.9, 0.9, 0.65), 20, 12))]
        for spot in dome(rng, 24, -0.1, 0.04):
            piece = place(copy(knobs[rng.integers(2)]), turn=(0, 0, rng.uniform(0, 6)), scale=rng.uniform(0.3, 0.42))
            place(piece, turn=(0, np.arccos(np.clip(spot[2], -1, 1)) * 0.8, np.arctan2(spot[1], spot[0])))
            things.append(place(piece, at=spot * (0.9, 0.9, 0.68)))
        for i in range(rng.integers(7, 13)):
            leaf = cabbage_leaf(rng, leafy, rng.uniform(1.3, 2.0), rng.uniform(0.5, 0.85), rng.uniform(0.15, 0.5), 0.03)
            things.append(place(leaf, turn=(0, 0, 2.4 * i), scale=rng.uniform(1.02, 1.25)))
            place(things[-1], at=(0, 0, -0.9))
        things.append(place(lathe([(0, -1.2), (0.35, -1.2), (0.33, -0.5), (0, -0.5)], plain("#dde3bb", 0.6), 16, 10)))
        return rest(things, tilt=(rng.uniform(-0.6, 0.6), rng.uniform(-0.6, 0.6), rng.uniform(0, 6)))

    huddle(rng, head, rng.choice([1, 1, 2]))
    for part in knobs:
        discard(part)
    return CLOSE
