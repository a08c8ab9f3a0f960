"""Twenty vegetables. Each recipe draws one picture's subject; `age` runs from 0 (fresh) to 1 (wilted)."""

import bpy
import numpy as np

from . import vegetable_more
from .materials import Graph, blend, jitter, plain
from .scene import stage
from .shapes import bend, blob, copy, corners, lathe, mesh, move, place, prism, rest, spline, sweep, wobble

BROWN = "#7a5a34"
CLOSE = {"fill": (0.72, 1.05)}


def grid(points, material, value=None, wrap=False):
    """A sheet through `points` (rows × columns × 3); `tint` reads its `value` at each; `wrap` closes the rows."""
    rows, columns = points.shape[:2]
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns - (not wrap)), indexing="ij")
    k = (j + 1) % columns
    faces = np.stack([i * columns + j, i * columns + k, (i + 1) * columns + k, (i + 1) * columns + j], -1)
    thing = mesh(points.reshape(-1, 3), faces.reshape(-1, 4), material)
    if value is not None:
        tint = thing.data.attributes.new("tint", "FLOAT", "POINT")
        tint.data.foreach_set("value", np.broadcast_to(value, (rows, columns)).ravel().astype(float))
    return thing


def tint(g):
    """The number that `grid` gave each vertex."""
    return g.node("ShaderNodeAttribute", attribute_name="tint").outputs["Fac"]


def veins(s, t, count=7, slant=0.35):
    """1 on a leaf's midrib and side veins, 0 between; `s` runs along it, `t` from -1 to 1 across."""
    middle = np.exp(-((t / (0.13 - 0.08 * s)) ** 2))
    off = np.abs((count * (s - slant * np.abs(t))) % 1 - 0.5)
    return np.maximum(middle, 0.6 * np.exp(-((off / 0.16) ** 2)) * (1 - 0.5 * np.abs(t)))


def balls(centres, radius, material, squash=1.0):
    """One mesh of little spheres; `radius` is a number or one for each."""
    u, v = np.linspace(0, 2 * np.pi, 8, endpoint=False), np.linspace(-1.57, 1.57, 6)[:, None]
    ball = np.stack([np.cos(v) * np.cos(u), np.cos(v) * np.sin(u), squash * np.sin(v) + 0 * u], -1).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(5), np.arange(8), indexing="ij")
    faces = np.stack([i * 8 + j, i * 8 + (j + 1) % 8, i * 8 + 8 + (j + 1) % 8, i * 8 + 8 + j], -1).reshape(-1, 4)
    radius = np.broadcast_to(radius, len(centres))
    points = np.concatenate([c + r * ball for c, r in zip(centres, radius, strict=True)])
    return mesh(points, np.concatenate([faces + 48 * n for n in range(len(centres))]), material)


def dome(rng, count, low=-0.3, uneven=0.08):
    """About `count` points spread evenly over the unit sphere above height `low`."""
    n = np.arange(count) + 0.5
    z = 1 - (1 - low) * n / count
    phi = n * 2.39996 + rng.uniform(0, 6.3)
    points = np.stack([np.sqrt(1 - z**2) * np.cos(phi), np.sqrt(1 - z**2) * np.sin(phi), z], -1)
    return points + rng.normal(0, uneven, points.shape)


def round_face(radius, colours, seeds, seed_from=0.3, seed_to=0.62, rays=3):
    """A cut face in the xy plane: a core with a ring of seeds; `colours` of core, seeds, flesh, rim and skin."""
    rho, phi = np.linspace(0, 1, 22)[:, None], np.linspace(0, 2 * np.pi, 90, endpoint=False)[None, :]
    core, seed, flesh, rim, skin = colours
    value = 0.45 + 0.3 * np.clip((rho - 0.72) / 0.2, 0, 1) + 0.25 * (rho > 0.95) + 0 * phi
    edge = 0.66 + 0.06 * np.cos(rays * phi)
    value = np.where(rho < edge, 0.05 + 0.15 * np.abs(np.cos(rays * phi / 2)) ** 8, value)
    middle, half = (seed_from + seed_to) / 2, (seed_to - seed_from) / 2
    drop = ((rho - middle) / half) ** 2 + (np.sin(phi * seeds / 2) / 0.6) ** 2 < 1
    value = np.where(drop, 0.28, value)
    g = Graph("cut")
    colour = g.ramp(tint(g), (0.05, core), (0.28, seed), (0.45, flesh), (0.75, rim), (0.97, skin))
    points = np.stack([rho * np.cos(phi), rho * np.sin(phi), 0 * rho + 0 * phi], -1) * radius
    return grid(points, g.surface(colour, 0.3, Coat_Weight=0.3), value, wrap=True)


def disc(rng, face, radius, thickness, skin):
    """A slice that rests on the table, `face` on its upper side."""
    side = lathe([(radius * 0.2, 0), (radius * 0.99, 0.01), (radius, thickness / 2), (radius * 0.99, thickness)], skin)
    return [side, place(copy(face), at=(0, 0, thickness * 1.01), turn=(0, 0, rng.uniform(0, 6.3)))]


def halved(profile, skin, flesh, cavity, hollow, seeds, seed_material, lobes=0, depth=0.0, sharp=1.0):
    """Half of a lathed fruit, its cut face up: `cavity` is (height, radius, half length) of the seeds' room."""
    line = spline(profile, 36)
    r, z = np.maximum(line[:, 0], 1e-3), line[:, 1]
    angle = np.linspace(0, np.pi, 41)
    groove = np.abs(np.cos(lobes * angle / 2)) ** sharp if lobes else np.ones(41)
    around = r[:, None] * (1 - depth * (1 - groove))
    body = np.stack([around * np.cos(angle), around * np.sin(angle), z[:, None] + 0 * angle], -1)
    things = [grid(body, skin)]
    edge = np.concatenate([body[:, 0], body[::-1, -1]])
    middle = np.array([0, 0, cavity[0]])
    phi = np.arctan2(edge[:, 2] - cavity[0], edge[:, 0])
    inner = middle + np.stack([cavity[1] * np.cos(phi), 0 * phi, cavity[2] * np.sin(phi)], -1)
    rings, value = [], []
    for f in (0, 0.03, 0.05, 0.5, 0.97, 1.0):
        rings.append(edge + (inner - edge) * f)
        value.append(0.0 if f < 0.04 else 0.2 + 0.3 * f)
    for f in (0.96, 0.85, 0.6, 0.3, 0.02):
        rings.append(middle + (inner - middle) * f + np.array([0, hollow * np.sqrt(1 - f**2), 0]))
        value.append(0.75 + 0.25 * (1 - f))
    things.append(grid(np.array(rings), flesh, np.array(value)[:, None], wrap=True))
    for x, y, turn in seeds:
        f = np.hypot(x, y)
        at = middle + np.array([cavity[1] * x, hollow * np.sqrt(max(1 - f**2, 0)) - 0.05, cavity[2] * y])
        things.append(place(blob(seed_material, (0.06, 0.035, 0.12), 8, 6), turn=(0, turn, 0)))
        place(things[-1], at=at)
    return move(things, turn=(-np.pi / 2, 0, 0))


def seed_spots(rng, count):
    """Places (x, y within the unit circle, turn) for `halved`'s seeds."""
    f, a = np.sqrt(rng.uniform(0, 0.75, count)), rng.uniform(0, 6.3, count)
    return list(zip(f * np.cos(a), f * np.sin(a), rng.uniform(-0.6, 0.6, count), strict=True))


def lay(rng, make, count, radius, stack=0.5):
    """`count` long things (made along x, resting) side by side, or the last one on top of the others; all parts."""
    top = count >= 3 and rng.random() < stack
    row, parts = count - top, []
    for i in range(count):
        y, z = 2.12 * radius * (i - (row - 1) / 2), 0.0
        if i == row:
            y, z = 1.06 * radius * rng.choice([-1, 1]) * (row % 2), 1.72 * radius
        parts += move(make(i), at=(rng.uniform(-0.5, 0.5) * radius, y, z))
    return parts


def huddle(rng, make, count, cell=0.1):
    """`count` things made by `make(i)`, pushed together on the table as close as their outlines from above allow."""
    taken = set()
    for i in range(count):
        things = make(i)
        points = corners(things)[:, :2]
        middle = (points.max(0) + points.min(0)) / 2
        cells = np.unique(np.round((points - middle) / cell).astype(int), axis=0)
        spots = []
        for angle in rng.uniform(0, 6.3, 8):
            step, way = 0, np.array([np.cos(angle), np.sin(angle)])
            while not taken.isdisjoint(map(tuple, cells + np.round(step * way).astype(int))):
                step += 1
            spots.append((step, *np.round(step * way).astype(int)))
        spot = np.array(min(spots)[1:])
        move(things, at=(*(spot * cell - middle), 0))
        taken.update(map(tuple, cells + spot))


def fan(rng, face, count, radius, thickness, skin):
    """Slices in a row, each leaning on the one before."""
    lean = rng.uniform(0.3, 0.6)
    parts = []
    for i in range(count):
        piece = move(disc(rng, face, radius, thickness, skin), turn=(rng.uniform(-0.05, 0.05), lean, 0))
        parts += rest(move(piece, at=(-i * thickness / np.sin(lean) * rng.uniform(1.1, 1.3), 0, 0)))
    return move(parts, turn=(0, 0, rng.uniform(0, 6.3)))


# ---------------------------------------------------------------------------------------------------------------


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


def discard(thing):
    """Take away a model that only served to be copied."""
    bpy.data.objects.remove(thing)


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


def artichoke(rng, age):
    green = blend(jitter(rng, rng.choice(["#86a558", "#7aa060", "#93ad5c"])), "#94864c", 0.6 * age)
    purple = rng.choice([0.0, 0.25, 0.6])
    s, t = np.linspace(0, 1, 14)[:, None], np.linspace(-1, 1, 9)[None, :]
    across = 0.38 * np.sin(np.pi * (0.25 + 0.745 * s)) ** 0.85 * t
    hook = 0.05 + 0.05 * rng.random()
    bulge = 0.06 + 0.12 * np.sin(np.pi * s) - 0.25 * s**2 + hook * s**6
    points = np.stack([bulge - 0.55 * across**2, across, 0.95 * s + 0 * t], -1)
    g = Graph("scale", rng.uniform(0, 9))
    margin = blend(blend(green, "#2f4a26", 0.35), "#5d3a55", purple)
    colour = g.ramp(tint(g), (0.0, blend(green, "#e9ecc0", 0.6)), (0.5, green), (0.8, margin),
                    (1.0, blend(green, "#3d3020", 0.7)))  # fmt: skip
    colour = g.mix(g.ramp(g.noise(5), (0.5, 0), (0.7, 0.1 + 0.5 * age)), colour, BROWN)
    skin = g.surface(colour, 0.5)
    value = np.clip(s * 0.65 + 0.35 * np.abs(t) ** 3 * s + 0.35 * s**6, 0, 1)
    scale = grid(points, skin, value)
    flesh = plain(blend(green, "#c5cf9a", 0.3), 0.6)

    def one(_):
        things = [place(blob(plain(green, 0.6), (0.7, 0.7, 0.8), 16, 12), at=(0, 0, 0.83))]
        count, loose = rng.integers(54, 72), rng.uniform(0.2, 0.4) + 0.1 * age
        for i in range(count):
            h = i / (count - 1)
            polar = np.interp(h, [0, 1], [0.7, 2.75])
            lean = np.arctan2(0.72 * np.cos(polar), 0.85 * np.sin(polar)) + loose * (1 - 0.75 * h)
            piece = place(copy(scale), turn=(0, lean, 0), scale=np.interp(h, [0, 0.3, 0.7, 1], [0.6, 0.95, 0.85, 0.42]))
            place(piece, at=(0.7 * np.sin(polar), 0, 0.85 * (1 - np.cos(polar))))
            things.append(place(piece, turn=(0, 0, 2.39996 * i + rng.uniform(-0.1, 0.1))))
        long = rng.uniform(0.15, 1.1)
        things.append(sweep([(0, 0, -long), (0, 0, -long / 2), (0, 0, 0.25)], [0.2, 0.2, 0.3], flesh, 12, 8))
        move(things, scale=(1, 1, rng.uniform(0.95, 1.2)))
        lie = rng.random() < 0.5
        return rest(things, tilt=(rng.uniform(1.3, 1.75) if lie else rng.uniform(-0.25, 0.25), 0, rng.uniform(0, 6.3)))

    huddle(rng, one, rng.choice([1, 2, 3, 4]))
    discard(scale)
    return CLOSE | {"elevation": (12, 50)}


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


def corn(rng, age):
    yellow = blend(jitter(rng, rng.choice(["#fbcf3a", "#fbdf6a", "#f2ba24"]), 0.008), "#c08a30", 0.3 * age)
    rows, along = rng.choice([10, 12, 14]), rng.integers(22, 28)
    s, phi = np.linspace(0, 1, along * 5)[:, None], np.linspace(0, 2 * np.pi, rows * 6, endpoint=False)[None, :]
    shift = 0.5 * (np.floor(phi / (2 * np.pi) * rows) % 2)
    kernel = np.abs(np.sin(phi * rows / 2) * np.sin(np.pi * (s * along + shift))) ** 0.45
    kernel = np.where(s < 0.012, 0.6, kernel)  # the cut end
    radius = np.interp(s, [0, 0.008, 0.05, 0.3, 0.7, 0.93, 1], [0.02, 0.36, 0.5, 0.56, 0.5, 0.3, 0.02])
    r = radius * (0.86 + 0.14 * kernel)
    points = np.stack([3.8 * s + 0 * phi, r * np.cos(phi), r * np.sin(phi)], -1)
    g = Graph("kernels", rng.uniform(0, 9))
    single = g.mix(g.noise(2.5, 2), blend(yellow, "#fff0a0", 0.45), yellow)
    colour = g.mix(g.ramp(tint(g), (0.35, 0), (0.7, 1)), blend(yellow, "#8a5a14", 0.6), single)
    cob = grid(points, g.surface(colour, 0.3), kernel, wrap=True)
    green = blend(jitter(rng, "#8fae4e"), "#c9b06a", 0.8 * age)
    g = Graph("husk", rng.uniform(0, 9))
    stripe = g.noise(9, 2, at=g.coordinate(scale=(0.1, 1.6, 1.6)))
    husk = g.surface(g.mix(g.ramp(stripe, (0.35, 0), (0.65, 1)), green, blend(green, "#eef0c0", 0.5)), 0.6)
    silk = plain(blend("#d8c27a", "#6b4420", rng.uniform(0, 1)), 0.7)

    def leaf(turn, reach, opened):
        """A husk leaf wrapped round the cob; `opened` turns its free end away from the cob."""
        u, v = np.linspace(0, 1, 24)[:, None], np.linspace(-1, 1, 11)[None, :]
        wide = 1.15 * (1 - 0.85 * u**2)
        away = 0.56 + 0.06 * rng.random() + opened * u**2 * 1.6
        angle = turn + v * wide * 0.55 / np.maximum(away, 0.55)
        x = -0.35 + reach * u * (1 - 0.25 * opened * u)
        r = away * np.interp(u, [0, 0.12, 0.3], [0.4, 0.95, 1.05])
        return grid(np.stack([x + 0 * v, r * np.cos(angle), r * np.sin(angle)], -1), husk)

    bare = rng.random() < 0.5

    def one(_):
        dressed = "bare" if bare else rng.choice(["open", "open", "half"])
        things = [copy(cob)]
        if dressed != "bare":
            count = rng.integers(4, 6)
            for k in range(count):
                opened = rng.uniform(0.3, 0.9) if dressed == "open" else rng.uniform(0, 0.2)
                turn = np.pi * 1.5 + (k - (count - 1) / 2) * 0.55 + rng.uniform(-0.15, 0.15)
                things.append(leaf(turn, rng.uniform(2.6, 4.4), opened))
            things.append(sweep([(-0.9, 0, 0), (-0.6, 0, 0), (-0.2, 0, 0)], [0.16, 0.17, 0.25], husk, 12, 8))
        if dressed == "half":
            for _ in range(10):
                a, b = rng.normal(0, 0.18, (2, 2))
                things.append(sweep([(3.6, 0, 0), (4.0, *a), (4.6, *(a + b))], 0.02, silk, 5, 8))
        move(things, at=(-2, 0, 0), turn=(rng.uniform(-0.6, 0.6), 0, rng.uniform(-0.08, 0.08)))
        return rest(things)

    lay(rng, one, rng.choice([2, 3, 4, 5] if bare else [1, 2, 3]), 0.57 if bare else 0.64, stack=0.5)
    discard(cob)
    return CLOSE


CLASSES = {
    "head cabbage": head_cabbage, "broccoli": broccoli, "cauliflower": cauliflower, "zucchini": zucchini,
    "cucumber": cucumber, "acorn squash": acorn_squash, "butternut squash": butternut_squash, "artichoke": artichoke,
    "bell pepper": bell_pepper, "mushroom": mushroom, "corn": corn,
}  # fmt: skip


def compose(rng, label, config):
    """Set up one picture of `label`; returns its truth."""
    age = float(rng.uniform())
    framing = {**CLASSES, **vegetable_more.CLASSES}[label](rng, age) or {}
    return {"freshness": round(1 - age, 3), **stage(rng, **framing)}
