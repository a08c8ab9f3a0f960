"""What several fruits are made of: leaves, knobs and seeds in rows, halves; and how they lie.

Cut faces look towards +x, where a recipe then wants the camera (`azimuth`).
"""

import bpy
import numpy as np
from mathutils import Vector
from mathutils.kdtree import KDTree

from ..materials import Graph, blend, jitter, plain
from ..shapes import corners, lathe, mesh, move, place, rest, sheet, spline, sweep, wobble


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
