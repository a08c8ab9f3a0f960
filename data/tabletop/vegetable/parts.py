"""What several vegetables are made of: veined leaves, balls, slices, halves; and how they lie."""

import bpy
import numpy as np

from ..materials import Graph
from ..shapes import blob, copy, corners, lathe, mesh, move, place, rest, spline

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


def discard(thing):
    """Take away a model that only served to be copied."""
    bpy.data.objects.remove(thing)
