"""Shapes of the tabletop world: every mesh is made here from numbers, none is downloaded.

All functions work in Blender units, of whatever scale suits the recipe: the scene frames the subject by its own
size. They link a new object into the scene and return it. `rng` is a `numpy.random.Generator`.
"""

import bpy
import numpy as np
from mathutils import Euler, Matrix, Vector


def mesh(vertices, faces, material=None, smooth=True, name="part"):
    """Link an object made of `vertices` (n × 3) and `faces` (lists of indices)."""
    data = bpy.data.meshes.new(name)
    data.from_pydata(np.asarray(vertices, float).tolist(), [], [list(map(int, f)) for f in faces])
    data.validate()
    if smooth:
        data.polygons.foreach_set("use_smooth", [True] * len(data.polygons))
    if material:
        data.materials.append(material)
    thing = bpy.data.objects.new(name, data)
    thing.pass_index = 1
    bpy.context.scene.collection.objects.link(thing)
    return thing


def _rings(rings, closed_ends=True):
    """Faces that join rings of equal length one after another."""
    count, around = rings
    faces = []
    for i in range(count - 1):
        for j in range(around):
            k = (j + 1) % around
            faces.append([i * around + j, i * around + k, (i + 1) * around + k, (i + 1) * around + j])
    if closed_ends:
        faces.append(list(range(around))[::-1])
        faces.append([(count - 1) * around + j for j in range(around)])
    return faces


def spline(points, count):
    """`count` points on a Catmull-Rom curve through `points` (n × d), ends included."""
    points = np.asarray(points, float)
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, len(points) - 1 - 1e-9, count)
    i = t.astype(int)
    u = (t - i)[:, None]
    a, b, c, d = (padded[i + k] for k in range(4))
    return 0.5 * (2 * b + (c - a) * u + (2 * a - 5 * b + 4 * c - d) * u**2 + (3 * b - a - 3 * c + d) * u**3)


def lathe(profile, material=None, around=40, along=28, lobes=0, depth=0.0, sharp=1.0, twist=0.0):
    """Turn `profile`, (radius, height) pairs from bottom to top, about the z axis.

    `lobes` grooves of relative `depth` run from end to end (pumpkin, pepper): `sharp` below 1 narrows the grooves,
    above 1 the ridges; `twist` in radians turns them along the height.
    """
    profile = spline(profile, along)
    radius, height = np.maximum(profile[:, 0], 1e-4), profile[:, 1]
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    turned = angle[None, :] + twist * np.linspace(0, 1, along)[:, None]
    groove = np.abs(np.cos(lobes * turned / 2)) ** sharp if lobes else np.ones_like(turned)
    r = radius[:, None] * (1 - depth * (1 - groove))
    x, y = r * np.cos(angle), r * np.sin(angle)
    z = np.broadcast_to(height[:, None], x.shape)
    return mesh(np.stack([x, y, z], -1).reshape(-1, 3), _rings((along, around)), material)


def sweep(path, radii, material=None, around=16, along=24, flat=1.0, corners=0.0):
    """A tube along `path` (n × 3) with `radii` (one or n); `flat` scales the section's second axis.

    `corners` from 0 (round) upward makes the section angular with five corners, as a banana's.
    """
    path = spline(path, along) if len(path) > 1 else np.asarray(path, float)
    radii = np.interp(np.linspace(0, 1, along), np.linspace(0, 1, np.size(radii)), np.ravel(radii))
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-9
    up = np.array([0.0, 0.0, 1.0]) if abs(tangent[0, 2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    bulge = 1 + corners * np.cos(5 * angle)
    vertices = []
    for point, direction, r in zip(path, tangent, np.maximum(radii, 1e-4), strict=True):
        side = np.cross(direction, up)
        side /= np.linalg.norm(side) + 1e-9
        up = np.cross(side, direction)
        vertices.append(
            point + r * bulge[:, None] * (np.cos(angle)[:, None] * side + flat * np.sin(angle)[:, None] * up)
        )
    return mesh(np.concatenate(vertices), _rings((along, around)), material)


def blob(material=None, size=(1, 1, 1), around=32, along=20, power=1.0):
    """An ellipsoid of radii `size`; `power` below 1 makes it boxy (a superquadric), above 1 pointed."""
    v = np.linspace(-np.pi / 2, np.pi / 2, along)
    u = np.linspace(0, 2 * np.pi, around, endpoint=False)

    def bend(value):
        return np.sign(value) * np.abs(value) ** power

    x = bend(np.cos(v))[:, None] * bend(np.cos(u))
    y = bend(np.cos(v))[:, None] * bend(np.sin(u))
    z = np.broadcast_to(bend(np.sin(v))[:, None], x.shape)
    return mesh(np.stack([x, y, z], -1).reshape(-1, 3) * size, _rings((along, around)), material)


def box(material=None, size=(1, 1, 1), bevel=0.05, taper=(1, 1), shear=0.0):
    """A box of full edge lengths `size`, standing on z = 0, edges rounded by `bevel`.

    `taper` scales its top in x and y; `shear` moves the top along x.
    """
    x, y, z = np.asarray(size, float) / 2
    low = [(-x, -y, 0), (x, -y, 0), (x, y, 0), (-x, y, 0)]
    high = [(px * taper[0] + shear, py * taper[1], 2 * z) for px, py, _ in low]
    faces = [[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
    thing = mesh(low + high, faces, material, smooth=False)
    if bevel:
        modifier = thing.modifiers.new("bevel", "BEVEL")
        modifier.width, modifier.segments = bevel, 2
    return thing


def prism(outline, height, material=None, bevel=0.0, smooth=False):
    """A flat shape: `outline` (n × 2, counter-clockwise, in x and y) raised from 0 to `height`."""
    outline = np.asarray(outline, float)
    n = len(outline)
    vertices = np.vstack([np.c_[outline, np.zeros(n)], np.c_[outline, np.full(n, height)]])
    faces = [list(range(n))[::-1], list(range(n, 2 * n))]
    faces += [[i, (i + 1) % n, n + (i + 1) % n, n + i] for i in range(n)]
    thing = mesh(vertices, faces, material, smooth=smooth)
    if bevel:
        modifier = thing.modifiers.new("bevel", "BEVEL")
        modifier.width, modifier.segments = bevel, 2
    return thing


def sheet(length, width, material=None, curl=0.3, ruffle=0.0, rng=None, rows=20, columns=12, tip=0.8, cup=0.0):
    """A leaf: its base at the origin, running along x, rising by `curl`, edges waved by `ruffle`.

    `tip` shapes the outline (0 a rectangle, 1 pointed at both ends), `cup` bends the sides upward.
    """
    s = np.linspace(0, 1, rows)[:, None]
    t = np.linspace(-1, 1, columns)[None, :]
    outline = (1 - tip) + tip * np.sin(np.pi * np.clip(s * 0.94 + 0.04, 0, 1)) ** 0.8
    phase = rng.uniform(0, 2 * np.pi, 3) if rng is not None else np.zeros(3)
    wave = ruffle * np.abs(t) ** 2 * (np.sin(14 * s + phase[0] + 2 * t) + 0.6 * np.sin(25 * s + phase[1] - t))
    x = length * s + 0 * t
    y = width / 2 * outline * t
    z = curl * length * s**2 + cup * width * t**2 * outline + wave * width
    vertices = np.stack([x, y, z], -1).reshape(-1, 3)
    faces = [
        [i * columns + j, i * columns + j + 1, (i + 1) * columns + j + 1, (i + 1) * columns + j]
        for i in range(rows - 1)
        for j in range(columns - 1)
    ]
    return mesh(vertices, faces, material)


def wobble(thing, rng, amount=0.05, frequency=1.5, waves=12):
    """Push the vertices along their normals by a smooth random field: no two fruits are alike."""
    data = thing.data
    points = np.empty(len(data.vertices) * 3)
    data.vertices.foreach_get("co", points)
    points = points.reshape(-1, 3)
    size = np.ptp(points, axis=0).max() / 2
    normals = np.array([v.normal for v in data.vertices])
    k = rng.normal(0, frequency, (waves, 3)) / size
    phase = rng.uniform(0, 2 * np.pi, waves)
    field = np.sin(points @ k.T + phase).sum(1) * np.sqrt(2 / waves)
    points += normals * (amount * size * field)[:, None]
    data.vertices.foreach_set("co", points.ravel())
    data.update()
    return thing


def bend(thing, angle, axis="z"):
    """Bend an object lying along x by `angle` radians in all; toward y for axis "z", toward z for axis "y"."""
    data = thing.data
    points = np.array([v.co for v in data.vertices])
    low, length = points[:, 0].min(), np.ptp(points[:, 0])
    if abs(angle) > 1e-3:
        radius = length / angle
        other = 1 if axis == "z" else 2
        phi = (points[:, 0] - low - length / 2) / radius
        depth = radius - points[:, other]
        points[:, 0], points[:, other] = depth * np.sin(phi), radius - depth * np.cos(phi)
        data.vertices.foreach_set("co", points.ravel())
        data.update()
    return thing


def place(thing, at=(0, 0, 0), turn=(0, 0, 0), scale=1.0):
    """Scale, then turn by Euler angles `turn` (radians, x y z), then move to `at`; on top of what was done before."""
    scale = (scale,) * 3 if np.isscalar(scale) else scale
    matrix = Matrix.Translation(Vector(at)) @ Euler(turn).to_matrix().to_4x4() @ Matrix.Diagonal((*scale, 1))
    thing.matrix_world = matrix @ thing.matrix_world
    return thing


def copy(thing, **how):
    """A further instance of the same mesh (cheap: the mesh is shared), placed by `place`'s arguments."""
    twin = thing.copy()
    bpy.context.scene.collection.objects.link(twin)
    return place(twin, **how) if how else twin


def corners(things):
    """World coordinates (n × 3) of all vertices of an object or a list of objects, before modifiers."""
    things = things if isinstance(things, (list, tuple)) else [things]
    parts = []
    for thing in things:
        points = np.empty(len(thing.data.vertices) * 3)
        thing.data.vertices.foreach_get("co", points)
        matrix = np.array(thing.matrix_world)
        parts.append(points.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3])
    return np.concatenate(parts)


def move(things, **how):
    """`place` for an object or for each of a list, as one rigid group."""
    for thing in things if isinstance(things, (list, tuple)) else [things]:
        place(thing, **how)
    return things


def rest(things, tilt=(0, 0, 0), sink=0.0):
    """Turn by `tilt` (radians) and drop onto z = 0; `sink` presses it in, relative to its height."""
    move(things, turn=tilt)
    z = corners(things)[:, 2]
    return move(things, at=(0, 0, -z.min() - sink * np.ptp(z)))


def heap(rng, make, count, gap=0.0, stack=0.0):
    """`count` things made by `make(i)`, each resting on the table, side by side without touching.

    With probability `stack` one more is laid on top of the first three, once there are three.
    `make` returns an object or a list of objects that rests on z = 0 about the origin.
    """
    placed = []
    for i in range(count):
        things = make(i)
        points = corners(things)
        centre = (points.max(0) + points.min(0)) / 2
        radius = np.linalg.norm(points[:, :2] - centre[:2], axis=1).max()
        move(things, at=(-centre[0], -centre[1], 0))
        height = points[:, 2].max()
        if len(placed) >= 3 and rng.random() < stack:
            middle = np.mean([p[0] for p in placed[:3]], axis=0)
            move(things, at=(*middle, placed[0][2] * 0.78))
            stack = 0.0
            placed.append((middle, 0.0, height))
            continue
        spot, reach = np.zeros(2), 0.0
        while any(np.linalg.norm(spot - c) < (radius + r) * 0.94 + gap for c, r, _ in placed if r):
            reach += 0.06 * radius
            angle = rng.uniform(0, 2 * np.pi)
            spot = reach * np.array([np.cos(angle), np.sin(angle)])
        move(things, at=(*spot, 0))
        placed.append((spot, radius, height))
