"""Zucchini, cucumber, acorn squash, butternut squash."""

import numpy as np

from ..materials import Graph, blend, jitter, plain
from ..shapes import bend, copy, corners, lathe, move, place, rest, sweep, wobble
from .parts import BROWN, CLOSE, disc, discard, fan, halved, huddle, lay, round_face, seed_spots, tint


def slices(rng, group, face, skin, cut):
    """Add to a laid `group` some slices, if it is `cut` so."""
    if cut == "slices":
        thick = rng.uniform(0.1, 0.17)
        fanned = rng.random() < 0.5
        more = [fan(rng, face, rng.integers(4, 8), 0.5, thick, skin)] if fanned else []
        more += [disc(rng, face, 0.5, thick, skin) for _ in range(rng.integers(1, 3) if fanned else rng.integers(3, 7))]
        huddle(rng, lambda i: [group, *more][i], len(more) + 1)


def zucchini(rng, age):
    dark = blend(jitter(rng, rng.choice(["#29501f", "#356329", "#447431"])), "#5a5a26", 0.4 * age)
    g = Graph("zucchini", rng.uniform(0, 9))
    streak = g.noise(7, 2, at=g.coordinate(scale=(0.18, 1, 1)))
    fleck = g.ramp(g.voronoi(14), (0.12, 0.6), (0.3, 0.0))
    light = blend(dark, "#a9bf6a", 0.65)
    colour = g.mix(fleck, g.mix(g.ramp(streak, (0.4, 0), (0.62, 0.9)), dark, light), blend(light, (1, 1, 0.8), 0.4))
    skin = g.surface(colour, 0.28, Coat_Weight=0.3)
    pale = plain(blend(jitter(rng, "#a8b56a"), BROWN, 0.4 * age), 0.6)
    flesh = ("#e3dfae", "#f3efcf", "#efecc9", "#e9ecc0", blend(dark, light, 0.3))
    face = round_face(0.5, flesh, rng.integers(12, 18), 0.35, 0.6, 3)
    cut = rng.choice(["none", "none", "slices"])

    def one(i):
        length, curve = rng.uniform(2.8, 4.0), rng.uniform(-0.2, 0.2)
        if cut == "cut" and i == 0:
            things = [sweep([(0, 0, 0), (1, 0, 0), (length * 0.6, 0, 0)], [0.35, 0.43, 0.47, 0.5, 0.5], skin, 24, 24)]
            things.append(place(copy(face), turn=(0, np.pi / 2, 0)))
            place(things[-1], at=(length * 0.6 + 0.01, 0, 0))
        else:
            radii = [0.3, 0.4, 0.42, 0.44, 0.47, 0.5, 0.5, 0.47, 0.33, 0.05]
            things = [bend(sweep([(0, 0, 0), (length, 0, 0)], radii, skin, 24, 40), curve)]
        stalk = sweep([(0.1, 0, 0), (-0.1, 0, 0), (-0.6, 0, 0)], [0.36, 0.26, 0.23, 0.3], pale, 30, 12, corners=0.12)
        low = corners(things[0])
        stalk = place(stalk, at=low[low[:, 0] < low[:, 0].min() + 0.05].mean(0))
        move([*things, stalk], at=(-length / 2, 0, 0), turn=(rng.uniform(-0.3, 0.3), 0, rng.uniform(-0.06, 0.06)))
        return rest([*things, stalk])

    group = lay(rng, one, rng.integers(2, 5) if cut == "none" else rng.integers(1, 3), 0.5)
    slices(rng, group, face, skin, cut)
    discard(face)
    return CLOSE | ({"azimuth": rng.uniform(-1.2, 1.2)} if cut == "cut" else {})


def cucumber(rng, age):
    dark = blend(jitter(rng, rng.choice(["#2f5a2a", "#3c6b30", "#4d7a36"])), "#a89a3c", 0.5 * age**2)
    g = Graph("cucumber", rng.uniform(0, 9))
    wart = g.voronoi(5.5)
    long = g.noise(4, 2, at=g.coordinate(scale=(0.12, 1.2, 1.2)))
    colour = g.mix(g.ramp(long, (0.45, 0), (0.7, 0.7)), dark, blend(dark, "#c5d08a", 0.6))
    colour = g.mix(g.ramp(wart, (0.08, 0.6), (0.2, 0)), colour, "#b9c78c")
    bump = g.ramp(wart, (0.05, 1), (0.3, 0))
    skin = g.surface(colour, 0.35, bump, 0.6, 0.12)
    flesh = ("#b9d08a", "#eef2cf", "#dce8b4", "#b4d083", dark)
    face = round_face(0.5, flesh, rng.integers(12, 18), 0.28, 0.6, 3)
    cut = rng.choice(["none", "cut", "slices", "slices"])

    def one(i):
        length = rng.uniform(3.6, 4.8)
        if cut != "none" and i == 0:
            length *= rng.uniform(0.5, 0.75)
            radii = [0.1, 0.33, 0.42, 0.46, 0.49, 0.5, 0.5, 0.5, 0.5]
            things = [wobble(sweep([(0, 0, 0), (length, 0, 0)], radii, skin, 24, 40), rng, 0.006, 4)]
            things.append(place(copy(face), turn=(0, np.pi / 2, 0)))
            place(things[-1], at=(length + 0.01, 0, 0))
        else:
            radii = [0.08, 0.3, 0.4, 0.45, 0.48, 0.5, 0.5, 0.5, 0.48, 0.44, 0.33, 0.08]
            things = [sweep([(0, 0, 0), (length, 0, 0)], radii, skin, 24, 48)]
            bend(wobble(things[0], rng, 0.008, 4), rng.uniform(-0.3, 0.3))
        return rest(move(things, at=(-length / 2, 0, 0)))

    group = lay(rng, one, rng.integers(1, 5) if cut == "none" else rng.integers(1, 3), 0.5)
    slices(rng, group, face, skin, cut)
    discard(face)
    return CLOSE | ({"azimuth": rng.uniform(-1.2, 1.2)} if cut != "none" else {})


def squash_stalk(rng, height, radius, colour):
    lean = rng.uniform(-0.25, 0.25, 2)
    path = [(0, 0, 0), (0.2 * lean[0], 0.2 * lean[1], 0.4 * height), (*lean, height)]
    return sweep(path, [radius * 1.6, radius, radius * 0.9, radius * 1.1], plain(colour, 0.8), 20, 10, corners=0.15)


def acorn_squash(rng, age):
    profile = [(0, 0.02), (0.12, 0.03), (0.5, 0.45), (0.9, 1.1), (0.97, 1.55), (0.7, 1.98), (0.3, 2.0), (0, 1.9)]
    ribs = {"lobes": 10, "depth": 0.24, "sharp": 0.55}
    dark = blend(jitter(rng, rng.choice(["#1f3a22", "#2b4d2a", "#24432f"])), "#59582c", 0.3 * age)
    g = Graph("acorn squash", rng.uniform(0, 9))
    side = g.math("ADD", g.noise(1.5, 2), g.math("MULTIPLY", g.axis("X", "Object"), rng.uniform(0.1, 0.3)))
    patch = g.ramp(side, (0.68 - 0.06 * age, 0), (0.74, 1))
    colour = g.mix(patch, g.mix(g.ramp(g.noise(9), (0.55, 0), (0.7, 0.3)), dark, "#6f8a55"), jitter(rng, "#d8862b"))
    skin = g.surface(colour, 0.4)
    g = Graph("flesh", rng.uniform(0, 9))
    tone = jitter(rng, "#eda23a")
    colour = g.ramp(tint(g), (0.0, dark), (0.15, dark), (0.22, blend(tone, "#f3d06a", 0.5)), (0.5, tone),
                    (0.72, blend(tone, "#b5651d", 0.4)), (1, blend(tone, "#b5651d", 0.7)))  # fmt: skip
    flesh = g.surface(colour, 0.45, g.noise(9), 0.25)
    seed = plain("#f0dfb0", 0.5)
    cut = rng.choice(["none", "none", "half", "both"])

    def one(i):
        if (cut != "none" and i == 0) or (cut == "half" and i < 2):
            things = halved(profile, skin, flesh, (1.15, 0.5, 0.68), 0.4, seed_spots(rng, 16), seed, **ribs)
            return rest(move(things, turn=(rng.uniform(-0.25, 0.25), rng.uniform(-0.2, 0.2), rng.uniform(0, 6.3))))
        body = wobble(lathe(profile, skin, 90, 28, **ribs), rng, 0.02)
        stem = place(squash_stalk(rng, 0.45, 0.11, "#8a8a5c"), at=(0, 0, 1.88))
        move([body, stem], scale=(1, 1, rng.uniform(0.9, 1.15)))
        tilt = rng.uniform(0.9, 1.9) if rng.random() < 0.75 else rng.uniform(-0.3, 0.3)
        return rest([body, stem], tilt=(tilt, 0, rng.uniform(0, 6.3)))

    huddle(rng, one, max(rng.choice([1, 2, 2, 3]), {"none": 1, "both": 2, "half": 3}[cut]))
    return CLOSE | ({} if cut == "none" else {"elevation": (32, 65)})


def butternut_squash(rng, age):
    neck, bulb = rng.uniform(0.45, 0.6), rng.uniform(0.82, 1.0)
    top = rng.uniform(2.7, 3.5)
    profile = [(0, 0.06), (0.3, 0.0), (bulb * 0.88, 0.35), (bulb, 0.85), (bulb * 0.82, 1.35), (neck, 1.9),
               (neck, 0.85 * top), (neck * 0.85, top), (0.2, top + 0.12), (0, top + 0.1)]  # fmt: skip
    tan = blend(jitter(rng, "#dba963", 0.01), "#c28845", 0.6 * age)
    g = Graph("butternut", rng.uniform(0, 9))
    streak = g.ramp(g.noise(5, 2, at=g.coordinate(scale=(1, 1, 0.15))), (0.4, 0), (0.7, 0.5))
    skin = g.surface(g.mix(streak, tan, blend(tan, "#f3dcae", 0.6)), 0.45)
    g = Graph("flesh", rng.uniform(0, 9))
    tone = jitter(rng, "#f09a35")
    colour = g.ramp(tint(g), (0.0, tan), (0.15, tan), (0.22, blend(tone, "#f7cf7a", 0.5)), (0.5, tone),
                    (0.72, blend(tone, "#a8551a", 0.5)), (1, blend(tone, "#a8551a", 0.8)))  # fmt: skip
    flesh = g.surface(colour, 0.45, g.noise(7), 0.2)
    seed = plain("#f2e2b8", 0.5)
    cut = rng.choice(["none", "none", "half", "both"])

    def one(i):
        if (cut != "none" and i == 0) or (cut == "half" and i < 2):
            things = halved(profile, skin, flesh, (0.85, bulb * 0.55, 0.5), 0.35, seed_spots(rng, 14), seed)
            return rest(move(things, turn=(rng.uniform(-0.15, 0.15), rng.uniform(-0.2, 0.2), rng.uniform(0, 6.3))))
        body = wobble(lathe(profile, skin, 40, 40), rng, 0.02)
        stem = place(squash_stalk(rng, 0.3, 0.13, "#8f7a52"), at=(0, 0, top + 0.05))
        upright = rng.random() < 0.25
        return rest([body, stem], tilt=(0 if upright else np.pi / 2 - 0.13, 0, rng.uniform(0, 6.3)))

    huddle(rng, one, max(rng.choice([1, 2, 2, 3]), {"none": 1, "both": 2, "half": 3}[cut]))
    return CLOSE | ({} if cut == "none" else {"elevation": (32, 65)})
