"""Small and soft ones: strawberry, raspberry, grape, kiwi."""

import bpy
import numpy as np

from ..materials import Graph, blend, jitter, plain
from ..shapes import blob, copy, corners, heap, lathe, mesh, move, place, rest, sheet, spline, wobble
from .cuts import TURN, across, cut, face, long_leaf, point, points_of, settle, swing, tumble, twig
from .parts import halve, knobs, lattice, pile, read, show, stalk


def strawberry(rng, age):
    g = Graph("strawberry", rng.uniform(0, 9))
    long = rng.uniform(1.2, 1.6)
    red = blend(jitter(rng, "#dd2018"), jitter(rng, "#a80f16"), age)
    pale = blend("#e6d9a0", red, min(1, 0.55 + age * 3))
    body = g.mix(g.ramp(g.axis("Z", "Object"), (0.35 * long, 0), (long, 1)), red, pale)
    seeds = g.ramp(read(g, "knob"), (0.35, 0), (0.55, 1))
    skin = g.surface(g.mix(seeds, body, blend("#f2cf62", "#d9a53a", age)), 0.28, Coat_Weight=0.3)
    f = Graph("strawberry cut", rng.uniform(0, 9))
    face = f.surface(
        f.ramp(
            read(f, "rim"),
            (0.0, "#f9e6d6"),
            (0.25, blend(red, "#f5b8a0", 0.7)),
            (0.6, blend(red, "#f08a70", 0.35)),
            (0.9, red),
        ),
        0.3,
    )
    green = jitter(rng, "#4f9a2a")
    shape = [
        (0, 0),
        (0.2, 0.05),
        (0.5, 0.4 * long),
        (0.74, 0.75 * long),
        (0.72, 0.93 * long),
        (0.4, 1.02 * long),
        (0, 0.97 * long),
    ]
    berries = [knobs(rng, lathe(shape, skin, 56, 44), lattice(shape, 0.2), 0.068, -0.035, 1, 0.07) for _ in range(2)]
    sepal = sheet(0.6, 0.26, plain(green, 0.6), -0.25, rows=7, columns=5, tip=1.0)

    def calyx(z):
        parts = [copy(sepal, at=(0.03, 0, 0), turn=(0, rng.uniform(-0.6, 0.2), k * 0.75 + rng.uniform(-0.2, 0.2)),
                      scale=rng.uniform(0.8, 1.15)) for k in range(9)]  # fmt: skip
        parts += [place(thing, at=(0, 0, 0.02)) for thing in [stalk(rng, rng.uniform(0.15, 0.45), 0.05, "#6f9a3a")]]
        return move(parts, at=(0, 0, z))

    cut = rng.random() < 0.3

    def one(i):
        if cut and i % 2:
            green_part = move(calyx(0), turn=(0, np.pi / 2, 0), at=(0.96 * long, 0, -0.02))
            return show(rng, [*halve(shape, skin, face), *green_part], 0.1, 0.5)
        things = [copy(berries[i % 2]), *calyx(0.99 * long)]
        move(things, turn=(0, 0, rng.uniform(0, 6.3)))
        rest(things, (rng.uniform(1.2, 1.9), 0, 0))
        return move(things, turn=(0, 0, rng.uniform(0, 6.3)), scale=rng.uniform(0.85, 1.1))

    if cut or rng.random() < 0.4:
        heap(rng, one, rng.choice([1, 2, 3, 4]) + cut, gap=-0.25, stack=0.6)
    else:
        pile(rng, one, rng.choice([7, 8, 10, 11]), 1.45, 1.05)
    for thing in [*berries, sepal]:
        bpy.data.objects.remove(thing)
    return {"elevation": (25, 65), "fill": (0.7, 0.95)}


def grape(rng, age):
    kind = rng.choice(["green", "red", "dark"])
    unripe, ripe = {"green": ("#8fae3c", "#c9c050"), "red": ("#a8504a", "#7a2338"), "dark": ("#4a2a4e", "#1d1430")}[
        kind
    ]
    bloom = {"green": "#dbe6a8", "red": "#d3a2ac", "dark": "#7c86b8"}[kind]
    balls = []
    long = rng.choice([1.0, 1.0, 1.25, 1.5])
    for _ in range(3):
        g = Graph("grape", rng.uniform(0, 9))
        skin = jitter(rng, blend(unripe, ripe, age + rng.uniform(-0.25, 0.25)), 0.02, 0.1, 0.08)
        dust = g.ramp(g.noise(1.2, 2), (0.45, 0.0), (0.75, 0.5))
        lit = g.mix(g.ramp(g.facing(0.4), (0.1, 0.5), (0.8, 0.0)), skin, blend(skin, "#ffffff", 0.16))
        skin = g.surface(g.mix(dust, lit, bloom), 0.2, Coat_Weight=0.2)
        balls.append(blob(skin, (1, 1, long), 22, 14))
    length, width, count = rng.uniform(8.5, 11.5), rng.uniform(2.6, 3.4), rng.integers(38, 62)
    x = length * (1 - rng.uniform(0, 1, count) ** 0.6)
    p = np.stack([x, *rng.normal(0, 1, (2, count))], 1)
    p[:, 2] += 2
    for step in range(140):
        if step < 100:
            wide = width * (1 - np.clip(p[:, 0] / length, 0, 0.95)) ** 0.55
            out = np.hypot(p[:, 1], p[:, 2] - wide * 0.8) / wide
            p[:, 1] /= np.maximum(out, 1) ** 0.3
            p[:, 2] -= 0.08
            p[:, 0] += 0.02 * (x - p[:, 0])
        settle(p, 0.97 * long**0.4, 0.3)
    for i, spot in enumerate(p):
        copy(
            balls[i % 3],
            turn=tuple(rng.uniform(0, TURN, 3)) if long < 1.1 else (rng.normal(0, 0.4), rng.normal(np.pi / 2, 0.4), 0),
            at=tuple(spot),
            scale=rng.uniform(0.9, 1.05),
        )
    loose = rng.integers(0, 4)
    for _ in range(loose):
        spot = (rng.uniform(-1, length), rng.choice([-1, 1]) * rng.uniform(width + 2.3, width + 3.4), 1.0)
        copy(balls[0], turn=(0, np.pi / 2, rng.uniform(0, TURN)), at=spot)
    for ball in balls:
        bpy.data.objects.remove(ball)
    wood = jitter(rng, rng.choice(["#7d8a3a", "#6f5530"]))
    top = p[p[:, 0] < 3.5]
    high = top[:, 2].max() if len(top) else 2.5
    bow = rng.uniform(-1.2, 1.2)
    twig(
        rng,
        [(4, 0, high * 0.6), (1.0, 0, high + 0.3), (-1.2, bow * 0.4, high + 0.9), (-3.2, bow, high + 1.1)],
        0.25,
        wood,
    )
    if rng.random() < 0.6:
        twig(rng, [(-3.1, bow - 1.3, high + 0.9), (-3.2, bow, high + 1.1), (-3.4, bow + 1.2, high + 1.3)], 0.28, wood)
    return {"elevation": (22, 62), "fill": (0.65, 0.9)}


def kiwi(rng, age):
    long = rng.uniform(1.15, 1.35)
    g = Graph("kiwi", rng.uniform(0, 9))
    hair = g.noise(8, 3, 0.6, at=g.coordinate(scale=(0.3, 1, 1)))
    brown = g.ramp(hair, (0.25, jitter(rng, "#5a4220")), (0.75, jitter(rng, "#86673a")))
    fuzz = g.ramp(g.facing(0.3), (0.3, 0.0), (1.0, 0.5))
    skin = g.surface(g.mix(fuzz, brown, "#b89a66"), 0.95, hair, 0.25, Specular_IOR_Level=0.1)
    f = Graph("kiwi flesh", rng.uniform(0, 9))
    green = (
        blend(jitter(rng, "#9cc23c"), jitter(rng, "#6f9a1e"), age) if rng.random() < 0.88 else jitter(rng, "#e0bb3a")
    )
    ray = swing(f, "Y", "Z", int(rng.integers(16, 26)), f.math("MULTIPLY", f.noise(3), 3.0))
    ray = f.mix(f.ramp(across(f), (0.3, 0.0), (0.42, 0.75), (0.9, 0.0)), 0.0, ray, "MIX")
    base = f.ramp(
        across(f),
        (0.0, "#f1efc8"),
        (0.2, "#eceab4"),
        (0.34, blend(green, "#f5f7c0", 0.45)),
        (0.5, green),
        (0.92, blend(green, "#3c5a10", 0.35)),
        (0.975, "#5a4420"),
    )
    flesh = f.surface(f.mix(ray, base, blend(green, "#e9f2a8", 0.6)), 0.3)
    pip = blob(plain("#120d0a", 0.3), (0.075, 0.04, 0.03), 8, 6)
    place(pip, at=(0, 0, 0.3))
    azimuth, count = rng.uniform(0, TURN), rng.integers(2, 6)
    cuts = rng.integers(1, count + 1)
    oval = rng.uniform(0.9, 1.0)

    def seeded(things, normal, offset, centre=0.38):
        for i, a in enumerate(np.linspace(0, TURN, 24, endpoint=False)):
            a, r = a + rng.normal(0, 0.05), centre + (0.07 if i % 2 else -0.03) + rng.normal(0, 0.02)
            out = np.array([0, np.cos(a), oval * np.sin(a)])
            things.append(
                point(copy(pip, at=(0, 0, -0.3)), tuple(r * out + (offset + 0.004) * np.array(normal)), tuple(out))
            )
        return things

    def one(i):
        body = wobble(blob(skin, (long, 1.0, oval), 44, 32), rng, 0.008)
        if i < cuts and rng.random() < 0.75:
            where = rng.uniform(-0.1, 0.15)
            things = seeded(cut(body, flesh, ((1, 0, 0), where)), (1, 0, 0), where)
            return face(things, (1, 0, 0), azimuth, rng.uniform(0.15, 0.8), rng.uniform(0, TURN))
        if i < cuts:
            things = seeded(cut(body, flesh, ((1, 0, 0), 0.11), ((-1, 0, 0), 0.11)), (1, 0, 0), 0.11)
            return face(things, (1, 0, 0), azimuth, rng.uniform(0.0, 0.1), rng.uniform(0, TURN))
        knob = point(blob(plain("#3a2914", 0.9), (0.05, 0.16, 0.14), 12, 8), (long * 0.985, 0, 0), (1, 0, 0))
        rest([body, knob], tilt=(0, rng.uniform(-0.15, 0.15), 0))
        return move([body, knob], turn=(0, 0, azimuth + rng.uniform(-1.5, 1.5)))

    heap(rng, one, count, stack=0.0)
    bpy.data.objects.remove(pip)
    return {"azimuth": azimuth, "elevation": (28, 66)}


def raspberry(rng, age):
    g = Graph("raspberry", rng.uniform(0, 9))
    red = blend(jitter(rng, "#e2605a"), jitter(rng, "#9c1030"), 0.1 + 0.9 * age)
    if rng.random() < 0.05:
        red = blend(jitter(rng, "#efc268"), jitter(rng, "#e59a3c"), age)
    haze = g.ramp(g.facing(0.35), (0.1, 0.0), (0.9, 0.5))
    skin = g.surface(g.mix(haze, red, blend(red, "#ffd8d8", 0.45)), 0.35, Specular_IOR_Level=0.4)
    inner = plain(blend(red, "#2a0008", 0.45), 0.8)
    unit = blob(None, (1, 1, 1), 9, 7)
    ball, faces = points_of(unit), [list(f.vertices) for f in unit.data.polygons]
    tall = rng.uniform(1.15, 1.5)
    unit.data.materials.append(skin)

    def berry():
        curve = spline(
            [(0.92, 0.0), (1.0, 0.35 * tall), (0.86, 0.85 * tall), (0.5, 1.3 * tall), (0.08, 1.48 * tall)], 40
        )
        rows, vertices, polygons = 7, [], []
        for row in range(rows + 1):
            radius, z = curve[int(39 * row / rows)]
            around = max(round(TURN * radius / 0.41), 1)
            turn = rng.uniform(0, TURN)
            for k in range(around):
                a = turn + TURN * (k + rng.normal(0, 0.06)) / around
                r, at = rng.uniform(0.22, 0.26), (radius * np.cos(a), radius * np.sin(a), z + rng.normal(0, 0.03))
                polygons += [[v + len(vertices) * len(ball) for v in f] for f in faces]
                vertices.append(ball * r + at)
        drupelets = mesh(np.concatenate(vertices), polygons, skin)
        core = lathe(
            [
                (0.94, -0.05),
                (0.95, 0.4 * tall),
                (0.8, 0.85 * tall),
                (0.4, 1.3 * tall),
                (0.0, 1.42 * tall),
                (0.3, 1.0 * tall),
                (0.55, 0.5 * tall),
                (0.68, -0.05),
                (0.94, -0.05),
            ],
            inner,
            20,
            26,
        )
        return [drupelets, core]

    place(unit, scale=0.1, at=(0, 0, 0.2))
    kinds = [berry() for _ in range(3)]
    for pair in kinds:
        move(pair, at=(0, 0, -0.7 * tall))
    count = rng.choice([2, 3, 5, 8, 12, 16])
    spots = tumble(rng, count, 1.1) if count > 3 else None
    used = set()

    def one(i):
        k = i % 3
        pair = kinds[k] if k not in used else [copy(t) for t in kinds[k]]
        for t in pair:
            t.matrix_world.identity()
        move(pair, at=(0, 0, -0.7 * tall))
        used.add(k)
        tilt = (rng.uniform(-0.3, 0.3), 0, 0) if rng.random() < 0.25 else (rng.uniform(1.2, 2.0), 0, 0)
        move(pair, turn=tilt, scale=rng.uniform(0.9, 1.08))
        return move(pair, turn=(0, 0, rng.uniform(0, TURN)))

    if spots is None:
        heap(rng, lambda i: rest(one(i)), count)
    else:
        for i, spot in enumerate(spots):
            pair = move(one(i), at=tuple(spot))
            low = corners(pair)[:, 2].min()
            move(pair, at=(0, 0, -low if low < 0 or spot[2] < 1.2 else 0))
    for t in [unit, *(t for k in range(3) if k not in used for t in kinds[k])]:
        bpy.data.objects.remove(t)
    kinds = [kinds[k] for k in used]
    if rng.random() < 0.35:
        p = corners([t for pair in kinds for t in pair])
        place(
            long_leaf(rng, 2.6, 1.8, "#5d8a3a"), at=(0, p[:, 1].max() + 0.1, 0.12), turn=(0, 0, rng.uniform(0.3, 2.8))
        )
    return {"elevation": (22, 62)}
