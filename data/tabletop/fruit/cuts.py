"""Fruits cut open by planes, with the cut faces coloured; and how they lie.

Cut faces are turned towards the camera, so a recipe sets the azimuth.
"""

import bmesh
import numpy as np
from mathutils import Quaternion, Vector

from ..materials import Graph, jitter, plain
from ..shapes import mesh, move, place, rest, sheet, sweep

TURN = 2 * np.pi


def points_of(thing):
    return np.array([v.co for v in thing.data.vertices])


def reshape(thing, points):
    thing.data.vertices.foreach_set("co", np.ascontiguousarray(points, float).ravel())
    thing.data.update()
    return thing


def cut(thing, flesh, *planes, centre=None, hollow=0.0):
    """Cut away what lies beyond each plane, a (normal, offset) pair; returns the rest and its cut faces as a list.

    The faces carry an attribute "t", 0 at `centre` (else the middle) and 1 at the skin; `hollow` is the radius of the
    bowl that a stone left at `centre`.
    """
    body = bmesh.new()
    body.from_mesh(thing.data)
    for normal, offset in planes:
        everything = [*body.verts, *body.edges, *body.faces]
        bmesh.ops.bisect_plane(
            body, geom=everything, dist=1e-5, plane_co=np.multiply(normal, offset), plane_no=normal, clear_outer=True
        )
    body.to_mesh(thing.data)
    body.free()
    things, points = [thing], points_of(thing)
    for normal, offset in planes:
        normal = np.asarray(normal, float)
        rim = points[np.abs(points @ normal - offset) < 1e-4]
        middle = (rim.max(0) + rim.min(0)) / 2 if centre is None else np.asarray(centre, float)
        first = np.cross(normal, (0, 0, 1) if abs(normal[2]) < 0.9 else (1, 0, 0))
        first /= np.linalg.norm(first)
        second = np.cross(normal, first)
        rim = rim[np.argsort(np.arctan2((rim - middle) @ second, (rim - middle) @ first))]
        t = np.linspace(0.01, 1, 18)
        grid = middle + t[:, None, None] * (rim - middle)
        if hollow:
            away = np.linalg.norm(grid - middle, axis=2, keepdims=True)
            grid = grid - normal * np.sqrt(np.maximum(hollow**2 - away**2, 0))
        n = len(rim)
        faces = [
            [i * n + j, i * n + (j + 1) % n, (i + 1) * n + (j + 1) % n, (i + 1) * n + j]
            for i in range(len(t) - 1)
            for j in range(n)
        ]
        face = mesh(grid.reshape(-1, 3), [*faces, list(range(n))], flesh)
        face.data.attributes.new("t", "FLOAT", "POINT").data.foreach_set("value", np.repeat(t, n))
        things.append(face)
    return things


def across(g):
    """On a cut face: 0 at its centre, 1 at the skin."""
    return g.node("ShaderNodeAttribute", attribute_name="t").outputs["Fac"]


def swing(g, first, second, times, noise=None):
    """A wave of `times` periods about an axis: `first` and `second` name the two axes across it."""
    angle = g.math("ARCTAN2", g.axis(first, "Object"), g.axis(second, "Object"))
    angle = g.math("MULTIPLY", angle, times)
    wave = g.math("SINE", g.math("ADD", angle, noise) if noise else angle)
    return g.math("ADD", g.math("MULTIPLY", wave, 0.5), 0.5)


def spotted(g, colour, age, dark="#4a2c14", scale=2.0):
    """`colour` with dark patches, the more the further `age` is past 0.55."""
    if age < 0.55:
        return colour
    edge = 0.68 - 0.2 * (age - 0.55)
    return g.mix(g.ramp(g.noise(scale, 3), (edge, 0.0), (edge + 0.06, 0.85)), colour, dark)


def face(things, normal, azimuth, tilt, spin=0.0):
    """Turn `things` so that `normal` points up, `tilt` radians towards the camera; rest them on the table."""
    target = Vector((np.sin(tilt) * np.cos(azimuth), np.sin(tilt) * np.sin(azimuth), np.cos(tilt)))
    normal = Vector(normal)
    turn = Quaternion(target, spin) @ normal.rotation_difference(target)
    return rest(move(things, turn=turn.to_euler()))


def point(thing, at, direction):
    """Turn an object lying along x into `direction` and move it to `at`."""
    return place(thing, at=at, turn=Vector(direction).to_track_quat("X", "Z").to_euler())


def lean(thing, amount):
    """Shift the upper part of a standing fruit sideways."""
    p = points_of(thing)
    p[:, 0] += amount * np.maximum(p[:, 2], 0) ** 2
    return reshape(thing, p)


def twig(rng, path, radius, colour="#5a4428", around=7):
    return sweep(path, [radius, radius * 0.75, radius * 0.8, radius * 1.5], plain(colour, 0.7), around, 10)


def long_leaf(rng, length, width, colour="#4f7d2a"):
    g = Graph("leaf")
    vein = g.ramp(g.math("ABSOLUTE", g.axis("Y", "Object")), (0.0, 1.0), (0.05 * width, 0.0))
    skin = g.surface(g.mix(vein, jitter(rng, colour), "#a9bf6a"), 0.45)
    return sheet(length, width, skin, rng.uniform(-0.1, 0.2), 0.03, rng, 16, 9, 0.95, rng.uniform(0.05, 0.2))


def tumble(rng, count, radius, steps=150):
    """Centres of `count` balls heaped on the table."""
    p = rng.normal(0, 0.9 * radius * count ** (1 / 3), (count, 3))
    p[:, 2] = np.abs(p[:, 2]) + radius
    for step in range(steps):
        pull = 0.03 if step < steps * 0.7 else 0.0
        p *= 1 - pull * np.array([1, 1, 0])
        p[:, 2] -= 2 * pull * radius
        settle(p, radius)
    return p


def settle(p, radius, give=0.5):
    """Push overlapping balls apart and above the table, in place."""
    apart = p[:, None] - p[None]
    distance = np.linalg.norm(apart, axis=2) + 1e-6
    overlap = np.maximum(2 * radius - distance, 0)
    np.fill_diagonal(overlap, 0)
    p += give * (apart / distance[..., None] * overlap[..., None]).sum(1)
    p[:, 2] = np.maximum(p[:, 2], radius)
