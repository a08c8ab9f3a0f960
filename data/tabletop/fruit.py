"""Twenty fruits. Each recipe draws one picture's subject; `age` runs from 0 (unripe) to 1 (overripe).

Cut faces look towards +x, where a recipe then wants the camera (`azimuth`). The other ten are in `fruit_more`.
"""

import bpy
import numpy as np
from mathutils import Vector
from mathutils.kdtree import KDTree

from . import fruit_more
from .materials import Graph, blend, jitter, plain
from .scene import stage
from .shapes import blob, copy, corners, heap, lathe, mesh, move, place, rest, sheet, spline, sweep, wobble
from .shelf import shelf_stage


def stalk(rng, height=0.35, radius=0.05, colour="#4d3a22"):
    lean = rng.uniform(-0.15, 0.15, 2)
    path = [(0, 0, 0), (lean[0] / 3, lean[1] / 3, height / 2), (*lean, height)]
    return sweep(path, [radius, radius * 0.8, radius * 1.3], plain(colour, 0.8), 8, 8)


def leaf(rng, length, tone="#3f7a2c", width=0.5, curl=-0.25):
    """A leaf along x with a pale midrib."""
    g = Graph("leaf", rng.uniform(0, 9))
    rib = g.ramp(g.math("ABSOLUTE", g.axis("Y", "Object")), (0.0, 1), (0.05 * length, 0))
    tone = jitter(rng, tone, 0.03)
    skin = g.surface(g.mix(g.math("MULTIPLY", rib, 0.6), tone, blend(tone, (0.85, 0.9, 0.6), 0.6)), 0.45)
    return sheet(length, width * length, skin, curl, 0.02, rng, 10, 7, 1.0, 0.08)


def tag(thing, name, values):
    """Store a number for each vertex, to be read in a material by `read`."""
    thing.data.attributes.new(name, "FLOAT", "POINT").data.foreach_set("value", np.asarray(values, np.float32))
    return thing


def read(g, name):
    return g.node("ShaderNodeAttribute", attribute_name=name).outputs["Fac"]


def lattice(profile, spacing, around=0):
    """Points in staggered rows on the surface that `lathe(profile)` makes; `around` fixes their number in each row."""
    fine = spline(profile, 200)
    along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(fine, axis=0), axis=1))]
    points = []
    for i, s in enumerate(np.arange(spacing / 2, along[-1], spacing)):
        r, z = (np.interp(s, along, fine[:, k]) for k in range(2))
        count = around or max(1, round(2 * np.pi * r / spacing))
        angle = 2 * np.pi * (np.arange(count) + i % 2 / 2) / count
        points.append(np.c_[r * np.cos(angle), r * np.sin(angle), np.full(count, z)])
    return np.concatenate(points)


def knobs(rng, thing, centres, size, height, power=1.0, uneven=0.05):
    """Raise knobs of radius `size` at `centres`, wobble all; tags "knob" (0 foot, 1 top), "edge" (0 between two)."""
    tree = KDTree(len(centres))
    for i, centre in enumerate(centres):
        tree.insert(centre, i)
    tree.balance()
    found = [tree.find_n(Vector(p), 2) for p in corners(thing)]
    first, second = (np.array([f[k][2] for f in found]) for k in range(2))
    rise = np.clip(1 - (first / size) ** 2, 0, 1) ** power
    wobble(thing, rng, uneven)
    points, normals = corners(thing), np.array([v.normal for v in thing.data.vertices])
    thing.data.vertices.foreach_set("co", (points + normals * (height * rise)[:, None]).ravel())
    thing.data.update()
    tag(thing, "knob", rise)
    return tag(thing, "edge", np.clip((second - first) / size, 0, 1))


def cap(outline, material, centre=(0, 0), dome=0.0, rings=9):
    """A cut face in the xy plane inside `outline` (n × 2); tags "rim" (0 in the centre, 1 at the outline)."""
    outline, n = np.asarray(outline, float), len(outline)
    s = np.linspace(0.02, 1, rings)
    flat = np.asarray(centre) + s[:, None, None] * (outline - centre)
    z = np.broadcast_to(dome * (1 - s**2)[:, None, None], (rings, n, 1))
    faces = [
        [i * n + j, i * n + (j + 1) % n, i * n + n + (j + 1) % n, i * n + n + j]
        for i in range(rings - 1)
        for j in range(n)
    ]
    faces = [list(range(n)), *[f[::-1] for f in faces]]
    return tag(mesh(np.concatenate([flat, z], -1).reshape(-1, 3), faces, material), "rim", np.repeat(s, n))


def circle(radius, n=40):
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return radius * np.c_[np.cos(angle), np.sin(angle)]


def clip(thing, axis=2):
    """Cut away what lies above 0 on `axis`."""
    points = np.array([v.co for v in thing.data.vertices])
    points[:, axis] = np.minimum(points[:, axis], 0)
    thing.data.vertices.foreach_set("co", points.ravel())
    thing.data.update()
    return thing


def halve(profile, skin, face, **how):
    """Half of `lathe(profile)`, cut through its stalk: round side down, the cut face up, the stalk towards x."""
    fine = np.maximum(spline(profile, 30), [0, -9])
    outline = np.r_[fine, fine[-2:0:-1] * [-1, 1]][::-1, ::-1]
    body = place(clip(lathe(profile, skin, 32, 24), 0), turn=(0, -np.pi / 2, np.pi))
    return [body, place(cap(outline, face, (fine[:, 1].mean(), 0), **how), at=(0, 0, 0.005))]


def many(unit, points, sizes, turns):
    """One object in place of `unit`: copies of it at `points`, scaled by `sizes` and turned about z by `turns`."""
    base, faces = corners(unit), [list(p.vertices) for p in unit.data.polygons]
    vertices, every = [], []
    for i, (point, size, turn) in enumerate(zip(points, sizes, turns, strict=True)):
        c, s = np.cos(turn), np.sin(turn)
        vertices.append(base @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]]) * size + point)
        every += [[k + i * len(base) for k in f] for f in faces]
    thing = mesh(np.concatenate(vertices), every, unit.data.materials[0])
    bpy.data.objects.remove(unit)
    return thing


def show(rng, things, low=0.25, high=1.0):
    """Rest a cut piece so that its upper side looks towards the camera."""
    move(things, turn=(0, 0, rng.uniform(0, 6.3)))
    rest(things, (0, rng.uniform(low, high), 0))
    return move(things, turn=(0, 0, rng.uniform(-0.5, 0.5)))


def roll(rng, things, upright=0.6):
    """Stand a whole fruit up a little aslant, or lay it on its side."""
    move(things, turn=(0, 0, rng.uniform(0, 6.3)))
    if rng.random() < upright:
        rest(things, (*rng.uniform(-0.4, 0.4, 2), 0))
    else:
        rest(things, (rng.uniform(1.2, 1.8), 0, 0))
    return move(things, turn=(0, 0, rng.uniform(0, 6.3)), scale=rng.uniform(0.9, 1.08))


def pile(rng, make, count, spacing, step=1.0):
    """Up to eleven things of like size close together: seven on the table, three upon them, one on top.

    The higher ones are made first, those nearest to the camera last.
    """
    a = rng.uniform(0, 6.3) + np.arange(6) * np.pi / 3
    spots = np.c_[np.r_[0, np.cos(a)], np.r_[0, np.sin(a)], np.zeros(7)]
    upper = [(0.577 * np.cos(b), 0.577 * np.sin(b), 1) for b in a[::2] + np.pi / 6] + [(0, 0, 1.95)]
    low = spots[: min(count, 7)]
    for i, (x, y, z) in enumerate([*upper[: max(0, count - 7)], *low[np.argsort(low[:, 0])]]):
        things = make(i)
        points = corners(things)
        middle = (points.max(0) + points.min(0)) / 2
        shift = rng.uniform(-0.04, 0.04, 2)
        move(things, at=(spacing * (x + shift[0]) - middle[0], spacing * (y + shift[1]) - middle[1], step * z))


CLOSE = {"fill": (0.74, 0.97)}
FACING = {"elevation": (28, 62), "fill": (0.78, 0.97)}


def granny_smith(rng, age):
    g = Graph("granny smith", rng.uniform(0, 9))
    green = blend(jitter(rng, "#7cb518"), jitter(rng, "#bcc22f"), age**2)
    colour = g.mix(g.ramp(g.noise(1.5, 3), (0.4, 0), (0.7, 0.6)), green, blend(green, (0.85, 0.85, 0.35), 0.45))
    dots = g.ramp(g.voronoi(6), (0.06, 0.8), (0.12, 0.0))
    skin = g.surface(g.mix(dots, colour, "#dbe39a"), 0.25, Coat_Weight=0.4, Coat_Roughness=0.12)
    profile = [
        (0, 0.12),
        (0.25, 0.02),
        (0.5, 0.04),
        (0.85, 0.42),
        (1.0, 0.98),
        (0.88, 1.48),
        (0.5, 1.72),
        (0.22, 1.66),
        (0, 1.3),
    ]

    def one(_):
        apple = wobble(lathe(profile, skin, 44, 34, lobes=5, depth=0.04), rng, 0.03)
        things = [apple, place(stalk(rng, 0.6, 0.045), at=(0, 0, 1.3))]
        if rng.random() < 0.15:
            things.append(place(leaf(rng, 0.9), at=(0, 0, 1.7), turn=(0, -0.3, 0)))
        return roll(rng, things, 0.8)

    pile(rng, one, rng.choice([1, 1, 1, 2, 3, 4, 5, 10]), 2.15, 1.5)
    return CLOSE


def banana(rng, age):
    g = Graph("banana", rng.uniform(0, 9))
    yellow = blend(jitter(rng, "#a5bd2e"), jitter(rng, "#f7cb14"), min(1, 0.15 + age * 4))
    along = read(g, "along")
    colour = g.ramp(along, (0.06, blend("#8a8f3a", "#7a6a35", age)), (0.22, blend(yellow, "#a8b83a", 0.5)),
                    (0.4, yellow), (0.86, yellow), (0.93, blend(yellow, "#8a8a35", 0.6)),
                    (0.955, "#2e2217"))  # fmt: skip
    spots = g.ramp(g.noise(6, 2), (0.78 - 0.22 * age, 0), (0.83 - 0.22 * age, 1))
    spots = g.math("MULTIPLY", spots, 0.75 if age > 0.5 else 0.0)
    skin = g.surface(g.mix(spots, colour, "#5a3a1a"), 0.42)
    arc, count = rng.uniform(1.1, 1.7), rng.choice([1, 2, 3, 3, 4, 4, 5])
    flat = rng.uniform(1.0, 1.5) if count < 3 else rng.uniform(0, 1.1)
    s = np.linspace(-0.5, 0.5, 9) * arc
    path = np.c_[(np.sin(s) + np.sin(arc / 2)) / arc * 2.6, np.zeros(9), (np.cos(s) - np.cos(arc / 2)) / arc * 2.6]
    path[:2, 2] += [0.12, 0.02]
    fan, width = rng.uniform(0.03, 0.17), rng.uniform(0.21, 0.27)
    radii = np.array([0.3, 0.28, 0.32, 0.6, 0.9, 0.98, 1, 1, 1, 1, 0.97, 0.88, 0.66, 0.34, 0.24]) * width
    things = []
    for i in range(count):
        fruit = sweep(path * rng.uniform(0.93, 1.05), radii, skin, 20, 40, corners=0.09)
        tag(fruit, "along", np.repeat(np.linspace(0, 1, 40), 20))
        k = i - (count - 1) / 2
        things.append(place(fruit, at=(0, k * 0.13, -0.05 * abs(k)), turn=(rng.uniform(-0.1, 0.1), 0, k * fan * 1.25)))
    if count > 1:
        wide = 0.065 * count
        things.append(place(blob(plain("#5d4a26", 0.8), (0.12, wide + 0.05, 0.11), 16, 10, 0.8), at=(0, 0, 0.1)))
    rest(things, (flat * rng.choice([-1, 1]), 0, 0))
    move(things, turn=(0, 0, rng.uniform(0, 6.3)))
    return {"elevation": (25, 68), "fill": (0.72, 0.95)}


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


def pineapple(rng, age):
    g = Graph("pineapple", rng.uniform(0, 9))
    base = blend(jitter(rng, "#83902c"), jitter(rng, "#e08a10"), min(1, 1.3 * age))
    fade = g.mix(g.ramp(g.axis("Z", "Object"), (0.0, 0), (1.0, 1)), base, blend(base, "#6f7a2a", 0.6))
    eye = g.mix(g.ramp(read(g, "knob"), (0.2, 0), (0.6, 1)), blend(base, "#4a3010", 0.7), fade)
    eye = g.mix(g.ramp(read(g, "knob"), (0.9, 0), (0.95, 1)), eye, "#5a3a16")
    skin = g.surface(g.mix(g.ramp(read(g, "edge"), (0.0, 1), (0.3, 0)), eye, blend(base, "#2c1c0a", 0.85)), 0.55)
    tall = rng.uniform(2.2, 2.9)
    profile = [(0, 0), (0.55, 0.02), (0.88, 0.3), (1, 0.45 * tall), (0.93, 0.75 * tall), (0.66, 0.96 * tall), (0, tall)]
    body = knobs(rng, lathe(profile, skin, 110, 84), lattice(profile, 0.31, 13), 0.3, 0.1, 0.8, 0.02)
    things, count = [body], 46
    tone = blend(jitter(rng, "#5c8a45"), "#8a8a4a", 0.5 * age)
    h = Graph("blade")
    green = h.surface(
        h.ramp(h.axis("X"), (0.0, blend(tone, "#c9d08a", 0.5)), (0.3, tone), (0.95, blend(tone, "#6b6a35", 0.4))), 0.5
    )
    blades = [sheet(1, 0.17, green, -c, rows=9, columns=5, tip=0.75, cup=0.25) for c in (0.05, 0.22, 0.45)]
    reach = rng.uniform(1.0, 1.6)
    for k in range(count):
        f = k / count
        length = reach * (0.55 + 0.75 * f) * rng.uniform(0.85, 1.15)
        lift = 0.25 + 1.25 * f**0.8 + rng.uniform(-0.1, 0.1)
        radius = 0.28 * (1 - f)
        a = 2.4 * k
        things.append(
            copy(
                blades[k % 3],
                at=(radius * np.cos(a), radius * np.sin(a), tall - 0.06 + 0.3 * f),
                turn=(0, -lift, a),
                scale=(length, reach, length),
            )
        )
    for blade in blades:
        place(blade, at=(0, 0, tall), turn=(0, -1.4, rng.uniform(0, 6)), scale=reach)
    things += blades
    move(things, turn=(0, 0, rng.uniform(0, 6.3)))
    if rng.random() < 0.12:
        move(rest(things, (1.5, 0, 0)), turn=(0, 0, rng.uniform(0, 6.3)))
    return {"elevation": (10, 45), "fill": (0.8, 0.97)}


def fig(rng, age):
    g = Graph("fig", rng.uniform(0, 9))
    dark = jitter(rng, "#32182f", 0.03) if rng.random() < 0.8 else jitter(rng, "#7d9a3a", 0.02)
    green = jitter(rng, "#8fa04a")
    up = g.math("ADD", g.axis("Z"), g.math("MULTIPLY", g.math("SUBTRACT", g.noise(1.2, 2), 0.5), 0.5))
    ripe = 0.35 + 0.6 * age
    blush = g.ramp(
        up,
        (max(0.0, ripe - 0.3), blend(dark, "#5a2f4a", 0.3)),
        (ripe, blend(dark, green, 0.25)),
        (min(1.0, ripe + 0.3), green),
    )
    ribs = g.node("ShaderNodeTexNoise")
    g.set(ribs.inputs["Vector"], g.coordinate(scale=(4, 4, 0.35)))
    stripes = g.ramp(ribs.outputs[0], (0.48, 0), (0.66, 0.5))
    skin = g.surface(g.mix(stripes, blush, blend(dark, "#a08a92", 0.5)), 0.5)
    f = Graph("fig cut", rng.uniform(0, 9))
    rim = f.math("ADD", read(f, "rim"), f.math("MULTIPLY", f.math("SUBTRACT", f.noise(3, 2), 0.5), 0.22))
    pulp = jitter(rng, "#8f2c38", 0.02) if rng.random() < 0.8 else jitter(rng, "#c9824a", 0.02)
    flesh = f.ramp(
        rim,
        (0.1, blend(pulp, "#4a1018", 0.6)),
        (0.35, pulp),
        (0.62, blend(pulp, "#d99a80", 0.6)),
        (0.74, "#ecdcb4"),
        (0.9, blend("#e3cfa8", dark, 0.15)),
        (0.95, dark),
    )
    seeds = f.math("MULTIPLY", f.ramp(f.voronoi(9), (0.2, 0.75), (0.34, 0)), f.ramp(rim, (0.66, 1), (0.76, 0)))
    face = f.surface(f.mix(seeds, flesh, blend(pulp, "#f0cf9a", 0.75)), 0.3)
    tall = rng.uniform(1.8, 2.3)
    profile = [
        (0, 0),
        (0.35, 0.02),
        (0.85, 0.35),
        (1, 0.8),
        (0.75, 1.3),
        (0.35, 0.82 * tall),
        (0.2, 0.97 * tall),
        (0, tall),
    ]
    cut = rng.random() < 0.6
    count = rng.integers(2, 6) if cut else rng.choice([1, 2, 3, 4, 7, 10])
    halves = rng.integers(1, min(count, 3) + 1) if cut else 0

    def one(i):
        if i >= count - halves:
            return show(rng, halve(profile, skin, face, dome=0.05), 0.1, 0.7)
        body = wobble(lathe(profile, skin, 44, 30, lobes=11, depth=0.05), rng, 0.04)
        return roll(rng, [body, place(stalk(rng, 0.3, 0.11, "#7d8a4a"), at=(0, 0, tall - 0.08))], 0.6)

    pile(rng, one, count, 2.25, 1.4)
    return {**FACING, "azimuth": rng.uniform(-0.5, 0.5)} if cut else CLOSE


def pomegranate(rng, age):
    g = Graph("pomegranate", rng.uniform(0, 9))
    red = blend(jitter(rng, "#c4343c", 0.02), jitter(rng, "#8f1428", 0.02), age)
    pale = blend("#d9a85a", "#c9704a", age)
    colour = g.mix(g.ramp(g.noise(0.9, 3), (0.45, 0), (0.68, 0.85 - 0.3 * age)), red, pale)
    spots = g.ramp(g.noise(5, 2), (0.6 - 0.05 * age, 0), (0.68, 0.5))
    skin = g.surface(g.mix(spots, colour, "#7a4a2a"), 0.35)
    profile = [(0, 0.02), (0.3, 0), (0.8, 0.3), (1, 0.9), (0.8, 1.5), (0.42, 1.73), (0.26, 1.76), (0, 1.72)]
    juicy = plain(jitter(rng, "#a80a1c", 0.015), 0.12, Coat_Weight=0.6)
    rind = Graph("pomegranate cut")
    walls, rim = rng.integers(5, 8), read(rind, "rim")
    turned = rind.math("ARCTAN2", rind.axis("Y", "Object"), rind.axis("X", "Object"))
    wave = rind.math("SINE", rind.math("ADD", rind.math("MULTIPLY", turned, walls / 2), 1.0))
    chamber = rind.ramp(rind.math("MULTIPLY", rim, rind.math("ABSOLUTE", wave)), (0.05, "#f0dca0"), (0.12, "#7d1f20"))
    rind_tone = rind.ramp(rim, (0.88, "#7d1f20"), (0.9, "#f3e2b0"), (0.95, "#f0d090"), (0.97, red))
    face = rind.surface(rind.mix(rind.ramp(rim, (0.86, 0), (0.88, 1)), chamber, rind_tone), 0.5)

    def crown():
        tube = lathe([(0.34, -0.02), (0.22, 0.1), (0.25, 0.25), (0.2, 0.2)], skin, 18, 10)
        teeth = [
            place(
                sheet(0.26, 0.28, skin, 0.2, rows=6, columns=4, tip=0.7),
                at=(0.22, 0, 0.16),
                turn=(0, -rng.uniform(0.9, 1.4), 0),
            )
            for _ in range(6)
        ]
        for k, tooth in enumerate(teeth):
            place(tooth, turn=(0, 0, k * np.pi / 3))
        return move([tube, *teeth], at=(0, 0, 1.7))

    def arils():
        """Seeds packed in the chambers of a cut of radius 1."""
        x, y = np.meshgrid(np.arange(-1, 1.01, 0.16), np.arange(-1, 1.01, 0.14))
        x[::2] += 0.08
        points = np.c_[x.ravel(), y.ravel(), np.zeros(x.size)] + rng.uniform(-0.025, 0.025, (x.size, 3))
        r, a = np.linalg.norm(points[:, :2], axis=1), np.arctan2(points[:, 1], points[:, 0])
        wall = r * np.abs(np.sin(a * walls / 2 + 1.0))
        points = points[(r < 0.84) & (r > 0.1) & (wall > 0.085)]
        turns = np.arctan2(points[:, 1], points[:, 0])
        return many(blob(juicy, (0.098, 0.08, 0.1), 10, 7, 0.9), points, rng.uniform(0.85, 1.2, len(points)), turns)

    cut = rng.random() < 0.82
    count = rng.choice([1, 1, 2, 2, 3]) if cut else rng.choice([1, 1, 2, 3])
    halves = rng.integers(1, min(count, 2) + 1) if cut else 0

    def one(i):
        if i >= count - halves:
            low = lathe([(0, -0.9), (0.3, -0.9), (0.8, -0.6), (1, 0)], skin, 40, 18, lobes=6, depth=0.03)
            top = place(cap(circle(0.985), face), at=(0, 0, 0.005))
            return show(rng, [low, top, place(arils(), at=(0, 0, 0.02))], 0.3, 1.1)
        body = wobble(lathe(profile, skin, 40, 28, lobes=6, depth=0.05), rng, 0.04)
        return roll(rng, [body, *crown()], 0.85)

    pile(rng, one, count, 2.15, 1.5)
    if cut and rng.random() < 0.25:
        n = rng.integers(3, 9)
        front = corners(list(bpy.context.scene.objects))[:, 0].max()
        spots = np.c_[front + rng.uniform(0, 0.45, n), rng.uniform(-0.8, 0.8, n), np.full(n, 0.08)]
        many(blob(juicy, (0.12, 0.09, 0.09), 10, 7, 0.85), spots, np.ones(n), rng.uniform(0, 6, n))
    return {**FACING, "azimuth": rng.uniform(-0.5, 0.5)} if cut else CLOSE


def custard_apple(rng, age):
    g = Graph("custard apple", rng.uniform(0, 9))
    green = blend(jitter(rng, "#8fae45", 0.025), jitter(rng, "#8a8a45", 0.02), age**2)
    colour = g.mix(g.ramp(g.noise(1, 3), (0.4, 0), (0.7, 0.5)), green, blend(green, "#5d7a35", 0.6))
    top = g.ramp(read(g, "knob"), (0.0, 0), (0.9, 1))
    colour = g.mix(top, blend(green, "#35421c", 0.5), colour)
    groove = g.ramp(read(g, "edge"), (0.0, 1), (0.2, 0))
    colour = g.mix(groove, colour, blend(green, "#e3e0a0" if rng.random() < 0.5 else "#3a3a1c", 0.6))
    blot = g.ramp(g.noise(3, 3), (0.72 - 0.16 * age, 0), (0.78 - 0.16 * age, 0.8))
    skin = g.surface(g.mix(blot, colour, "#3f2f1c"), 0.6)
    wide, tall = rng.uniform(0.92, 1.1), rng.uniform(1.6, 2.0)
    profile = [
        (0, 0),
        (0.3 * wide, 0.06),
        (0.75 * wide, 0.5),
        (wide, 0.62 * tall),
        (0.85 * wide, 0.9 * tall),
        (0.4 * wide, tall),
        (0, 0.92 * tall),
    ]
    spacing = rng.uniform(0.3, 0.4)

    f = Graph("custard apple cut", rng.uniform(0, 9))
    cream = f.mix(f.ramp(f.noise(4, 2), (0.35, 0), (0.65, 1)), "#f8f3df", "#e3d9b4")
    face = f.surface(f.mix(f.ramp(read(f, "rim"), (0.93, 0), (0.96, 1)), cream, blend(green, "#6b6a35", 0.3)), 0.4)
    cut = rng.random() < 0.35
    count = rng.choice([1, 1, 2, 3]) + cut * rng.integers(2)

    def one(i):
        if cut and i == count - 1:
            shell = [(0, -0.95), (0.4, -0.9), (0.85, -0.5), (1, -0.03), (0.97, 0)]
            body = knobs(
                rng, lathe(shell, skin, 80, 40), lattice(shell[:-1], spacing), 0.62 * spacing, 0.42 * spacing, 0.6, 0
            )
            clip(body)
            n = rng.integers(6, 12)
            a, reach = np.arange(n) * 2.4, rng.uniform(0.3, 0.68, n)
            seeds = many(
                blob(plain("#1c120c", 0.2), (0.14, 0.075, 0.06), 12, 8),
                np.c_[reach * np.cos(a), reach * np.sin(a), np.zeros(n)],
                np.ones(n),
                a + rng.normal(0, 0.3, n),
            )
            return show(rng, [body, place(cap(circle(0.98), face), at=(0, 0, 0.005)), seeds], 0.3, 1.0)
        body = knobs(rng, lathe(profile, skin, 72, 56), lattice(profile, spacing), 0.62 * spacing, 0.42 * spacing, 0.6)
        return roll(rng, [body, place(stalk(rng, 0.4, 0.07, "#5d4a2c"), at=(0, 0, 0.9 * tall))], 0.6)

    pile(rng, one, count, 2.25, 1.5)
    return {**FACING, "azimuth": rng.uniform(-0.5, 0.5)} if cut else CLOSE


def jackfruit(rng, age):
    g = Graph("jackfruit", rng.uniform(0, 9))
    base = blend(jitter(rng, "#6f8f2a", 0.02), jitter(rng, "#8f8a2e", 0.02), age)
    patch = g.mix(g.ramp(g.noise(0.8, 3), (0.4, 0), (0.7, 0.7)), base, blend(base, "#8a6a2a", 0.6))
    colour = g.mix(g.ramp(read(g, "knob"), (0.0, 0), (0.5, 1)), blend(base, "#2b2a0c", 0.65), patch)
    skin = g.surface(g.mix(g.ramp(read(g, "knob"), (0.6, 0), (0.95, 0.5)), colour, blend(base, "#d9c86a", 0.4)), 0.65)
    tall = rng.uniform(2.6, 3.5)
    profile = [(0, 0), (0.4, 0.05), (0.85, 0.45), (1, 0.45 * tall), (0.9, 0.75 * tall), (0.5, 0.96 * tall), (0, tall)]
    spacing = rng.uniform(0.11, 0.14)

    spike = 0.6 * spacing, 0.62 * spacing, 1.5

    def uneven(points):
        return points + rng.uniform(-0.16, 0.16, points.shape) * spacing

    flesh = plain(jitter(rng, "#f5a80c", 0.015), 0.3)
    f = Graph("jackfruit cut", rng.uniform(0, 9))
    fibre = f.mix(f.ramp(f.noise(5, 2, warp=1.5), (0.4, 0), (0.6, 1)), "#f0dc98", "#dda840")
    face = f.surface(
        f.mix(
            f.ramp(read(f, "rim"), (0.94, 0), (0.96, 1)),
            f.mix(f.ramp(read(f, "rim"), (0.2, 1), (0.26, 0), (0.9, 0), (0.92, 1)), fibre, "#f7f0d4"),
            base,
        ),
        0.5,
    )

    def whole(_):
        body = knobs(rng, lathe(profile, skin, 170, 117), uneven(lattice(profile, spacing)), *spike)
        things = [body, place(stalk(rng, 0.7, 0.09, "#6b5a35"), at=(0, 0, tall - 0.08))]
        return move(
            rest(things, (rng.uniform(1.35, 1.75), 0, 0)),
            turn=(0, 0, rng.uniform(-0.6, 0.6) if cut else rng.uniform(0, 6.3)),
        )

    def opened(_):
        shell = [(0, -1.5), (0.5, -1.4), (0.9, -0.9), (1, -0.03), (0.97, 0)]
        body = knobs(rng, lathe(shell, skin, 110, 66), lattice(shell[:-1], spacing), *spike, 0)
        clip(body)
        n = rng.integers(9, 13)
        a = np.arange(n) * 2 * np.pi / n + rng.uniform(-0.08, 0.08, n)
        reach = rng.uniform(0.52, 0.6, n)
        bulbs = many(
            blob(flesh, (0.27, 0.15, 0.14), 14, 9),
            np.c_[reach * np.cos(a), reach * np.sin(a), np.zeros(n)],
            rng.uniform(0.85, 1.15, n),
            a,
        )
        things = [body, place(cap(circle(0.98), face), at=(0, 0, 0.005)), bulbs]
        return show(rng, move(things, scale=(rng.uniform(1, 1.6), 1, 1)), 0.4, 1.1)

    cut = rng.random() > 0.87
    count = 1 + (cut and rng.random() < 0.5)
    pile(rng, lambda i: opened(i) if cut and i == count - 1 else whole(i), count, 2.3 if cut else 0.5 + tall)
    return {**FACING, "azimuth": rng.uniform(-0.5, 0.5)} if cut else CLOSE


CLASSES = {
    "Granny Smith": granny_smith, "banana": banana, "orange": orange, "lemon": lemon, "strawberry": strawberry,
    "pineapple": pineapple, "fig": fig, "pomegranate": pomegranate, "custard apple": custard_apple,
    "jackfruit": jackfruit,
}  # fmt: skip


def compose(rng, label, config):
    """Set up one picture of `label`; returns its truth."""
    age = float(rng.uniform())
    wishes = {**CLASSES, **fruit_more.CLASSES}[label](rng, age) or {}
    if config == "fruit_shelf":
        return {"ripeness": round(age, 3), **shelf_stage(rng, **wishes)}
    return {"ripeness": round(age, 3), **stage(rng, **wishes)}
