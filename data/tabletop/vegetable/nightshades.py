"""Bell pepper, tomato, eggplant."""

import numpy as np

from ..materials import Graph, blend, jitter, plain
from ..shapes import blob, corners, heap, lathe, mesh, move, place, rest, sheet, spline, sweep, wobble
from .parts import BROWN, CLOSE, grid, huddle
from .vertices import DRY, coins, face, halve, lay_flat, lerp, pack, pick, rgb, tint_vertices, tinted


def bell_pepper(rng, age):
    tones = ["#b81f16", "#c42a1a", "#e8b81c", "#e07a1a", "#3f7a26", "#4d8a2a"]
    stem = plain(blend(jitter(rng, "#5f8a36"), BROWN, 0.5 * age), 0.5)
    single = rng.random() < 0.5
    chosen = rng.integers(6)

    def coat(tone):
        g = Graph("pepper", rng.uniform(0, 9))
        tone = blend(jitter(rng, tone, 0.01), (0.3, 0.15, 0.05), 0.2 * age)
        blush = g.ramp(g.noise(0.8, 2), (0.55, 0), (0.75, rng.choice([0, 0.7])))
        wrinkle = g.noise(6, 2, at=g.coordinate(scale=(1, 1, 0.4)))
        return g.surface(g.mix(blush, tone, blend(tone, "#d86a1c", 0.5)), 0.18 + 0.25 * age, wrinkle, 0.5 * age**2,
                         Coat_Weight=0.6, Coat_Roughness=0.08)  # fmt: skip

    coats = [coat(tones[k]) for k in ([chosen] if single else rng.permutation(6)[:3])]

    def one(i):
        tall = rng.uniform(1.5, 2.0)
        profile = [(0.02, 0.22), (0.2, 0.1), (0.45, 0.02), (0.68, 0.22), (0.82, 0.5 * tall), (1.0, 0.82 * tall),
                   (0.86, 0.99 * tall), (0.55, 1.02 * tall), (0.25, 0.9 * tall), (0.02, 0.84 * tall)]  # fmt: skip
        line, phi = spline(profile, 44)[:, :, None], np.linspace(0, 2 * np.pi, 72, endpoint=False)[None, :]
        r, z = np.maximum(line[:, 0], 0.01), line[:, 1]
        s, lobes, phase = np.clip(z / tall, 0, 1), rng.choice([3, 4, 4]), rng.uniform(0, 6.3, 2)
        phi_bent = phi + 0.15 * np.sin(phi + phase[0])  # lobes of unlike width
        ridge = np.abs(np.cos(lobes * phi_bent / 2 + rng.uniform(-0.3, 0.3) * s)) ** 0.5
        r = r * (1 - (0.1 + 0.55 * (s - 0.55) ** 2) * (1 - ridge)) * (1 + 0.07 * np.sin(2 * phi + phase[1]))
        z = z + (ridge - 0.6) * r * (0.3 * s**6 - 0.35 * (1 - s) ** 4)
        body = grid(np.stack([r * np.cos(phi), r * np.sin(phi), z], -1), coats[i % len(coats)], wrap=True)
        wobble(body, rng, 0.03, 1.0)
        lean = rng.uniform(-0.3, 0.3, 2)
        stalk = sweep([(0, 0, 0), (0, 0, 0.12), (0.3 * lean[0], 0.3 * lean[1], 0.3), (*lean, rng.uniform(0.5, 0.75))],
                      [0.32, 0.14, 0.11, 0.1, 0.13, 0.15], stem, 20, 14, corners=0.1)  # fmt: skip
        things = [body, place(stalk, at=(0, 0, 0.86 * tall))]
        tilt = rng.uniform(1.2, 1.75) if rng.random() < 0.6 else rng.uniform(-0.2, 0.2)
        return rest(things, tilt=(tilt, 0, rng.uniform(0, 6.3)))

    huddle(rng, one, rng.choice([1, 2, 3, 3, 4]))
    return CLOSE


def tomato(rng, age):
    """Globes, ribbed or egg-shaped, with a green star; whole, on the vine, or halved."""
    ripe = pick(
        rng, (6, "#cf2a1a"), (1.3, "#efb023"), (1, "#e8761d"), (0.8, "#c2453f"), (0.6, "#6e2a24"), (0.8, "#8aa33a")
    )
    ripe = blend(jitter(rng, ripe, 0.012), "#7a2a16", 0.35 * age**2)
    shoulder = blend(ripe, "#8f9a35", rng.uniform(0, 0.7))
    g = Graph("tomato", rng.uniform(0, 9))
    top = g.ramp(g.mix(0.25, g.axis("Z"), g.noise(2.5, 2)), (0.6, 0), (0.85, 0.85))
    skin = g.mix(top, ripe, shoulder)
    if age > 0.6:
        skin = g.mix(g.ramp(g.noise(1.6, 2), (0.66, 0), (0.7, 0.6)), skin, "#3b2015")
    wrinkles = g.noise(1.0, 2, at=g.coordinate(scale=(5, 5, 1.2)))
    skin = g.surface(skin, 0.16 + 0.3 * age, wrinkles, 0.5 * max(age - 0.45, 0), Coat_Weight=0.5)
    green = plain(blend(jitter(rng, "#3f7a25"), DRY, 0.8 * age**2), 0.6)
    kind = pick(rng, (4, "round"), (2, "beef"), (1.5, "plum"))
    lobes, depth = (rng.integers(5, 9), rng.uniform(0.08, 0.17)) if kind == "beef" else (5, rng.uniform(0, 0.03))
    high = {"round": rng.uniform(0.8, 0.95), "beef": rng.uniform(0.62, 0.75), "plum": rng.uniform(1.25, 1.5)}[kind]

    def star(size=1.0):
        parts, count = [], rng.integers(5, 7)
        for i in range(count):
            sepal = sheet(
                size * rng.uniform(0.5, 0.75),
                0.2 * size,
                green,
                rng.uniform(-0.3, 0.5),
                rows=7,
                columns=4,
                tip=1.0,
                cup=0.2,
            )
            parts.append(
                place(sepal, turn=(0, -rng.uniform(-0.15, 0.3), 2 * np.pi * (i + rng.uniform(-0.2, 0.2)) / count))
            )
        lean = rng.uniform(-0.15, 0.15, 2)
        stem = [(0, 0, -0.1), (*lean / 2, 0.15), (*lean, rng.uniform(0.2, 0.42))]
        return [*parts, sweep(stem, [0.07, 0.06, 0.08], green, 8, 6)]

    def one(i, upright=None):
        fruit = lathe([(0, 0.06), (0.25, 0.0), (0.68, 0.2 * high), (0.99, 0.95 * high), (0.75, 1.65 * high),
                       (0.35, 1.84 * high), (0.0, 1.72 * high)], skin, 44, 28, lobes, depth, 0.8)  # fmt: skip
        wobble(fruit, rng, 0.015 + 0.03 * age)
        things = [fruit, *move(star(), at=(0, 0, 1.77 * high), turn=(0, 0, 0))]
        move(things, turn=(0, 0, rng.uniform(0, 6.3)), scale=rng.uniform(0.9, 1.1))
        down = kind == "plum" if upright is None else not upright
        return rest(
            things, (rng.uniform(1.0, 1.7), 0, 0) if down else (rng.uniform(-0.5, 0.5), rng.uniform(-0.5, 0.5), 0)
        )

    flesh, wall = tinted(rng, 0.2), blend(ripe, "#f2795a" if ripe[0] > ripe[1] * 1.6 else "#f0d070", 0.45)
    seed = plain("#e8cf84", 0.35)

    def half(_):
        chambers = rng.integers(3, 5) if kind != "beef" else rng.integers(5, 8)
        phase, jelly = rng.uniform(0, 1), blend(blend(ripe, "#8a9a2a", 0.35), (0, 0, 0), 0.22)
        body = lathe(
            [(0, 0.06), (0.25, 0.0), (0.68, 0.2 * high), (0.94, 0.6 * high), (1, 0.95 * high)],
            skin,
            64,
            16,
            lobes,
            depth,
            0.8,
        )

        def paint(r, a):
            b = np.abs(np.mod(a * chambers / 6.2832 + phase, 1) - 0.5)
            inside = (
                np.clip((0.82 - r) * 15, 0, 1) * np.clip((r - 0.26) * 15, 0, 1) * np.clip((0.40 - b) * 15 * r, 0, 1)
            )
            colour = lerp(lerp(blend(wall, (1, 0.9, 0.8), 0.4), wall, r * 2.2), jelly, inside)
            return lerp(colour, ripe, (r - 0.94) * 30)

        things, z = [body, face(body, 64, paint, flesh, 24)], 0.95 * high + 0.03
        for c in range(chambers):
            for _ in range(rng.integers(4, 7)):
                a = (c + 0.5 - phase + 0.5 + rng.uniform(-0.27, 0.27)) * 6.2832 / chambers
                r = rng.uniform(0.4, 0.74)
                things.append(
                    place(blob(seed, (0.075, 0.045, 0.03), 8, 6), at=(r * np.cos(a), r * np.sin(a), z), turn=(0, 0, a))
                )
        return rest(
            move(things, turn=(0, 0, rng.uniform(0, 6.3))), (rng.uniform(-0.25, 0.25), rng.uniform(-0.25, 0.25), 0)
        )

    mode = rng.random()
    if mode < 0.22:  # a truss
        count, parts = rng.integers(4, 8), []
        way = np.array([(-0.9, 0.0, 1.95 * high), (0.8 * count - 0.9, 0.2, 1.9 * high)])
        for i in range(count):
            fruit = one(i, True)
            side = 1.0 if i % 2 else -1.0
            move(fruit, at=(1.03 * i, 0.92 * side, 0))
            parts.append(fruit)
            foot = (1.03 * i, 0.92 * side, 1.86 * high)
            mid = (1.03 * i - 0.25, 0.4 * side, 2.02 * high)
            sweep([foot, mid, (1.03 * i - 0.45, 0.0, 1.95 * high)], 0.06, green, 8, 8)
        way = [
            (-1.1, 0, 2.05 * high),
            (1.03 * count / 2 - 0.5, rng.uniform(-0.1, 0.1), 1.93 * high),
            (1.03 * count - 0.6, 0, 1.95 * high),
        ]
        sweep(way, [0.11, 0.07, 0.05], green, 8, 16)
    elif mode < 0.55:
        halves = rng.integers(1, 3)
        heap(rng, lambda i: half(i) if i < halves else one(i), halves + rng.integers(0, 3))
    else:
        heap(rng, one, rng.choice([1, 1, 2, 3, 4]), stack=0.3)
    return {"elevation": (25, 68)}


def eggplant(rng, age):
    """Glossy purple, striped or white; a green cap with a thick stalk; whole, halved or sliced."""
    kind = pick(rng, (5, "purple"), (1.7, "striped"), (0.5, "white"), (0.9, "lilac"))
    tone = jitter(
        rng, {"purple": "#2c1230", "striped": "#7a3f7c", "white": "#ece7d6", "lilac": "#8e4f92"}[kind], 0.02, 0.1, 0.05
    )
    tone = blend(tone, "#5a3c33", 0.35 * age**2)
    around, rows = 60, 44
    width, long = rng.uniform(0.75, 1.15), rng.choice([rng.uniform(2.6, 3.4), rng.uniform(3.6, 5.0)])
    neck = rng.uniform(0.42, 0.7)
    profile = [(0.0, 0.0), (0.5 * width, 0.06), (width, 0.28 * long), (0.88 * width, 0.55 * long),
               (neck * width, 0.85 * long),
               (0.8 * neck * width, 0.97 * long), (0.2, long)]  # fmt: skip
    skin = tinted(rng, 0.12 + 0.3 * age, spots=max(age - 0.4, 0) * 0.7, dark="#4a3320", Coat_Weight=0.6)
    green = jitter(rng, "#5f7a35") if kind == "white" or rng.random() < 0.8 else jitter(rng, "#4a3a4a")
    green = blend(green, DRY, 0.7 * age**2)
    leafy, flesh = tinted(rng, 0.6), tinted(rng, 0.6)
    cream = blend("#efe6c2", "#b08a55", 0.6 * age)

    def body(curve):
        thing = wobble(lathe(profile, skin, around, rows), rng, 0.012 + 0.03 * age, 1.5 + age)
        s, a = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 6.2832, around, endpoint=False), indexing="ij")
        if kind == "striped":
            streak = np.sin(a * 9 + 1.2 * np.sin(s * 7 + a)) + 0.8 * np.sin(17 * a + 2 * np.sin(9 * s))
            colours = lerp(tone, "#ece0e6", 0.9 * (streak.ravel() > 0.35))
        else:
            colours = lerp(tone, blend(tone, "#b89ac0" if kind != "white" else "#cfc98a", 0.6), (s.ravel() - 0.78) * 3)
        return tint_vertices(thing, colours)

    def cap(turn):
        """The calyx hugs the shoulder in four or five points; `turn` is how far about it goes (2π or, halved, π)."""
        count, n, m = rng.integers(4, 6), 12, 41
        curve = spline(profile, 100)[::-1]
        a = np.linspace(0, turn, m)
        b = np.abs(np.mod(a * count / 6.2832, 1) - 0.5) * 2
        reach = rng.uniform(0.17, 0.21) + rng.uniform(0.16, 0.24) * b**1.5
        s = np.linspace(0, 1, n)[:, None] * reach[None, :]
        r = np.interp(s, np.linspace(0, 1, 100), curve[:, 0]) + 0.05 * (1 - np.linspace(0, 1, n)[:, None] ** 3) + 0.025
        z = np.interp(s, np.linspace(0, 1, 100), curve[:, 1]) + 0.03
        points = np.stack([r * np.cos(a), r * np.sin(a), z], -1)
        faces = [
            [i * m + j, i * m + j + 1, (i + 1) * m + j + 1, (i + 1) * m + j] for i in range(n - 1) for j in range(m - 1)
        ]
        shell = mesh(points.reshape(-1, 3), faces, leafy)
        shade = 0.85 + 0.3 * np.linspace(0, 1, n)[:, None] * np.ones(m)
        tint_vertices(shell, rgb(green) * shade.reshape(-1, 1))
        lean = rng.uniform(-0.25, 0.25, 2) * [1, turn > 4]
        stalk = sweep(
            [(0, 0, long - 0.1), (0, 0, long + 0.15), (*lean, long + rng.uniform(0.5, 0.9))],
            [0.26, 0.17, 0.2],
            leafy,
            12,
            10,
        )
        return [shell, tint_vertices(stalk, rgb(green) * 0.9)]

    def whole(_):
        return lay_flat([body(0), *cap(6.2832)], rng.uniform(0, 6.3))

    def seeds(r):
        grain = rng.random(len(r)) < 0.4
        return lerp(cream, blend("#8a6a35", cream, 0.1), grain * np.clip(1 - np.abs(r - 0.55) / 0.25, 0, 1) * 1.3)

    def half(_):
        def paint(across, up):
            colour = seeds(np.sqrt(across**2 + (1.2 * np.maximum(up - 0.42, 0)) ** 2))
            return lerp(colour, tone if kind != "white" else "#b9a862", (np.abs(across) - 0.87) * 20)

        thing = body(0)
        halve(thing, around, paint, flesh)
        things = [thing, *cap(np.pi)]
        move(things, turn=(-np.pi / 2, 0, 0))
        return rest(move(things, turn=(0, 0, -np.pi / 2)), (rng.uniform(-0.25, 0.25), 0, 0))

    def slice_(_):
        r = width * rng.uniform(0.85, 1)
        disc = tint_vertices(lathe([(r, 0), (r, 0.1), (r, 0.25), (r, 0.35)], skin, 36, 5), rgb(tone))
        return [disc, face(disc, 36, lambda q, a: lerp(seeds(q), "#b9a862", (q - 0.93) * 8), flesh, 14)]

    mode = rng.random()
    if mode < 0.2:
        pack(rng, [whole(0), half(1)], 0.1, 0.2, 0.3)
    elif mode < 0.28:
        pack(rng, [half(0), whole(1), half(2)], 0.1, 0.2, 0.3)
    elif mode < 0.45:
        row = coins(rng, slice_, rng.integers(4, 7), width, 0.35)
        move(row, at=(-corners(row)[:, 0].mean() + long / 2, 0, 0))
        pack(rng, [whole(0)], 0.1, 0.1)
        low = corners(row)[:, 1].max()
        move(row, at=(0, -width * 1.15 - low - 0.15, 0))
    else:
        pack(rng, [whole(i) for i in range(rng.choice([1, 1, 2, 3]))], 0.05, 0.25, 0.4)
    return {"elevation": (28, 70)}
