"""Red onion and garlic."""

import numpy as np

from ..materials import blend, jitter, plain
from ..shapes import heap, lathe, mesh, move, place, rest, sweep, wobble
from .vertices import DRY, drop, face, halve, lay_flat, lerp, local, pick, rgb, tint_vertices, tinted


def red_onion(rng, age):
    """Purple bulbs with papery lines, a dry neck and a root tuft; halves show their rings."""
    tone = jitter(rng, pick(rng, (3, "#691c46"), (2, "#4e173a"), (1.5, "#842f5a")), 0.014, 0.08, 0.05)
    around, rows = 72, 36
    high, neck = rng.uniform(0.75, 1.15), rng.uniform(0.3, 0.7)
    paper = tinted(rng, 0.35 + 0.2 * age, spots=max(age - 0.55, 0) * 0.6, dark="#2c1a1a")
    flesh = tinted(rng, 0.25)
    straw = plain(jitter(rng, "#b79f74"), 0.9)

    def bulb():
        profile = [(0, 0.02), (0.2, 0.0), (0.72, 0.3 * high), (1.0, high), (0.68, 1.68 * high), (0.24, 2.0 * high),
                   (0.14, 2.0 * high + 0.5 * neck), (0.17, 2.0 * high + neck)]  # fmt: skip
        thing = wobble(lathe(profile, paper, around, rows), rng, 0.015 + 0.02 * age)
        streak = np.abs(np.sin(np.linspace(0, np.pi * rng.integers(7, 11), around) + rng.normal(0, 0.35, around)))
        s = np.linspace(0, 1, rows)[:, None] * np.ones(around)
        lines = np.clip((0.3 - streak) * 4, 0, 1) * np.ones((rows, 1))
        colour = lerp(tone, blend(tone, "#e0b5c0", 0.55), lines * 0.8)
        peel = np.sin(np.linspace(0, 6.2832, around) + rng.uniform(0, 6)) + 0.5 * np.sin(5 * s + rng.uniform(0, 6))
        colour = lerp(colour, blend(tone, "#c08a6a", 0.75), 0.7 * np.clip((peel - 0.75) * 5, 0, 1) * (0.4 + 0.6 * age))
        colour = lerp(colour, "#b58d62", np.clip((s - 0.82) * 7, 0, 1))
        colour = lerp(colour, "#a58a68", np.clip((0.06 - s) * 20, 0, 1))
        return tint_vertices(thing, colour.reshape(-1, 3))

    def roots(length):
        points = []
        for _ in range(26):
            a, out = rng.uniform(0, 6.28), rng.uniform(0.03, 0.2)
            d, e = np.array([np.cos(a), np.sin(a), 0]), np.array([-np.sin(a), np.cos(a), 0])
            end = d * (out + rng.uniform(0, 0.3)) + e * rng.uniform(-0.15, 0.15) - [0, 0, length * rng.uniform(0.6, 1)]
            points += [d * out - 0.035 * e + [0, 0, 0.04], d * out + 0.035 * e + [0, 0, 0.04], end]
        return [mesh(points, np.arange(len(points)).reshape(-1, 3), straw, smooth=False)]

    def whole(_):
        things = [bulb(), *roots(rng.uniform(0.2, 0.45))]
        if rng.random() < 0.6:
            return lay_flat(things, rng.uniform(0, 6.3))
        return rest([things[0]], (rng.uniform(-0.5, 0.5), rng.uniform(-0.4, 0.4), 0)) if drop(things[1:]) else things

    white = blend(jitter(rng, "#f7eff3", 0.02, 0.02, 0.02), "#c8a98a", 0.5 * age**2)
    line = blend("#7a1f58", tone, 0.4)

    def ring_colours(r, layers):
        k = r * layers
        edge = np.abs(np.mod(k, 1) - 0.5) * 2
        colour = lerp(white, blend(white, line, 0.2), np.mod(k, 1) * 0.8)
        return lerp(lerp(colour, line, np.clip((edge - 0.66) * 5, 0, 1) * (0.65 + 0.35 * r)), tone, (r - 0.95) * 30)

    def lengthwise(_):
        thing = bulb()
        layers = rng.integers(4, 6)
        halve(thing, around, lambda x, up: lerp(ring_colours(np.abs(x), layers), "#b58d62", (up - 0.86) * 9), flesh)
        things = [thing]
        move(things, turn=(-np.pi / 2, 0, 0))
        return rest(things, (rng.uniform(-0.25, 0.25), rng.uniform(-0.25, 0.25), 0))

    def across(_):
        thing = lathe([(0, 0.02), (0.2, 0.0), (0.72, 0.3 * high), (0.95, 0.7 * high), (1.0, high)], paper, around, 18)
        tint_vertices(thing, rgb(tone))
        phase, off, layers = rng.uniform(0, 6.28), rng.uniform(0.02, 0.06), rng.integers(5, 8)
        top = face(
            thing, around, lambda r, a: ring_colours(r * (1 + off * (1 - r) * np.cos(2 * a + phase)), layers), flesh, 44
        )
        return rest([thing, top], (rng.uniform(-0.25, 0.25), rng.uniform(-0.25, 0.25), 0))

    mode, count = rng.random(), rng.choice([1, 2, 3, 4])
    if mode < 0.55:
        heap(rng, whole, rng.choice([1, 2, 3, 4]), stack=0.3)
    else:
        cut = lengthwise if mode < 0.75 else across
        heap(rng, lambda i: cut(i) if i < 1 + (count > 2) else whole(i), max(count, 1 + (mode > 0.9)))
    return {"elevation": (28, 70)}


def garlic(rng, age):
    """White bulbs of cloves under paper, streaked with purple; loose cloves beside them."""
    white = blend(
        jitter(rng, pick(rng, (3, "#efe9dc"), (1.5, "#e8dccb"), (1, "#eadfe2")), 0.02, 0.04, 0.03),
        "#c9b083",
        0.6 * age**2,
    )
    purple = jitter(rng, pick(rng, (2, "#b9a0b0"), (1, "#8d5f86"), (2, "#d8cbb2")), 0.02, 0.1, 0.05)
    around, rows = 80, 34
    skin, peeled = tinted(rng, 0.55), tinted(rng, 0.3)
    high, neck = rng.uniform(0.65, 0.85), rng.uniform(0.5, 1.5)
    root = blend("#a58f6c", DRY, age)

    def bulb():
        lobes, depth = rng.integers(6, 10), rng.uniform(0.13, 0.2)
        profile = [(0.05, 0.06), (0.3, 0.0), (0.8, 0.2 * high), (1.0, 0.75 * high), (0.72, 1.4 * high),
                   (0.3, 1.85 * high),
                   (0.17, 1.9 * high + 0.4 * neck), (0.15, 1.9 * high + neck)]  # fmt: skip
        thing = wobble(
            lathe(profile, skin, around, rows, lobes, depth, 0.6, rng.uniform(-0.2, 0.2)), rng, 0.02 + 0.03 * age
        )
        s, a = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 6.2832, around, endpoint=False), indexing="ij")
        groove = np.abs(np.cos(lobes * a / 2))
        veins = np.clip(np.sin(a * lobes * 2.5 + rng.uniform(0, 6)) * 2 - 1, 0, 1) * np.clip(1.1 - s, 0, 1)
        colour = lerp(white, purple, veins * 0.9)
        colour = lerp(colour, blend(white, "#8a6d52", 0.7), np.clip(0.35 - groove, 0, 1) * 2.2 * np.clip(1.2 - s, 0, 1))
        colour = lerp(colour, root, np.clip((0.07 - s) * 25, 0, 1))
        colour = lerp(colour, "#bfa987", np.clip((s - 0.88) * 6, 0, 1) * 0.7)
        return tint_vertices(thing, colour.reshape(-1, 3))

    def whole(_):
        thing = bulb()
        fuzz = sweep([(0, 0, 0.1), (0, 0, -0.08)], [0.3, 0.24], plain(root, 0.95), 14, 4)
        things = [thing, fuzz]
        return (
            lay_flat(things, rng.uniform(0, 6.3))
            if rng.random() < 0.45
            else rest(things, (rng.uniform(-0.35, 0.35), rng.uniform(-0.35, 0.35), 0))
        )

    def clove(i, bare=None):
        bare = rng.random() < 0.35 if bare is None else bare
        size = rng.uniform(0.85, 1.05)
        thing = sweep([(-0.75, 0, 0.0), (-0.3, 0, 0.13), (0.25, 0, 0.1), (0.85, 0, -0.12)],
                      [0.14, 0.34, 0.42, 0.36, 0.2, 0.04],
                      peeled if bare else skin, 18, 22, rng.uniform(0.75, 1.0))  # fmt: skip
        points = local(thing)
        s = (points[:, 0] - points[:, 0].min()) / np.ptp(points[:, 0])
        base = rgb("#efe3b8") if bare else white
        a = np.tile(np.linspace(0, 6.2832, 18, endpoint=False), 22)
        colour = lerp(base, purple, 0 if bare else np.clip(np.sin(5 * a + 1) * 2 - 1, 0, 1) * 0.6)
        colour = lerp(colour, "#9a7b52", np.clip((0.06 - s) * 30, 0, 1))
        colour = lerp(colour, "#b59a5a", np.clip((s - 0.9) * 8, 0, 1) * 0.7 + 0 * s)
        tint_vertices(thing, colour)
        return rest([place(thing, scale=size, turn=(rng.uniform(-0.7, 0.7), 0, rng.uniform(0, 6.3)))])

    mode = rng.random()
    bulbs = rng.choice([1, 1, 2, 3]) if mode < 0.85 else 1
    cloves = rng.integers(2, 6) if mode > 0.4 else 0
    if mode > 0.85:
        cloves = rng.integers(4, 8)
    heap(rng, lambda i: whole(i) if i < bulbs else clove(i), bulbs + cloves, gap=0.02, stack=0.15 if not cloves else 0)
    return {"elevation": (22, 65)}
