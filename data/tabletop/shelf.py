"""Another shop: `shelf_stage` puts a fruit recipe's subject into a crate or onto a shelf, instead of `scene.stage`.

The domain shift of "fruit_shelf": other ground, other light (tubes, awnings, fridges), a wider lens held aslant, and
a cheap camera's exposure and white balance. The shelf has pass index 0, tags and neighbouring boxes CLUTTER.
"""

import bpy
import numpy as np

from . import materials, shapes
from .domains import SHELF_LIGHTS, SHELF_SURFACES
from .materials import Graph
from .scene import CLUTTER, camera, lamp, project, world


def block(material, low, high, bevel=0.0, number=0):
    """A box from corner `low` to corner `high`."""
    low, high = np.asarray(low, float), np.asarray(high, float)
    thing = shapes.place(shapes.box(material, high - low, bevel), at=(*((low + high) / 2)[:2], low[2]))
    thing.pass_index = number
    return thing


def ground_material(rng, kind):
    """What the fruit lies on, and the sides of its crate, as two materials; units: 1 = the subject's radius."""
    g = Graph("bed", rng.uniform(0, 9))
    if kind == "wooden crate":
        tone = materials.jitter(rng, rng.choice(["#c9a878", "#b08a58", "#d9c29a"]))
        grain = g.noise(3, 2, at=g.coordinate(scale=(0.3, 5, 3)))
        bed = g.surface(g.mix(grain, materials.blend(tone, (0.2, 0.12, 0.05), 0.5), tone), 0.85)
        return bed, bed
    if kind == "plastic crate":
        tone = rng.choice(["#2f7a3a", "#1f5a34", "#2b5a9a", "#26282b", "#3f8a4a", "#b03028"])
        tone = materials.jitter(rng, tone)
        side = materials.plain(tone, 0.4)
        grid = g.brick(tone, tone, materials.blend(tone, (0, 0, 0), 0.75), rng.uniform(2.0, 3.0), Brick_Width=0.5,
                       Row_Height=0.5, Mortar_Size=0.1, at=g.coordinate())  # fmt: skip
        return g.surface(grid, 0.4), side
    if kind == "cardboard tray":
        tone = materials.jitter(rng, rng.choice(["#a98558", "#b89468", "#5a4a6a", "#e6e2da"]))
        flute = g.noise(4, 2)
        bed = g.surface(g.mix(flute, tone, materials.blend(tone, (0, 0, 0), 0.25)), 0.9)
        return bed, bed
    if kind == "wire basket":
        tone = materials.jitter(rng, rng.choice(["#d8dad6", "#a9aeb0", "#3a3d40"]))
        return materials.plain(tone, 0.7), materials.plain("#c4c8ca", 0.3, Metallic=0.8)
    if kind == "paper shelf":
        tone = materials.jitter(rng, rng.choice(["#7fae5a", "#e9e6dc", "#c9b08a", "#4a8a5a", "#6a4a7a", "#d6c84a"]))
        crease = g.noise(2.5, 3, 0.6)
        return g.surface(tone, 0.9, crease, 0.5), materials.plain(rng.choice(["#e9eaea", "#3a3e42", "#c9ccce"]), 0.4)
    tone = materials.jitter(rng, rng.choice(["#c6cacc", "#e3e6e6", "#8a9094"]))
    band = g.brick(tone, tone, materials.blend(tone, (0, 0, 0), 0.6), 1.0, Brick_Width=0.35, Row_Height=9,
                   Mortar_Size=0.04, at=g.coordinate())  # fmt: skip
    return g.surface(band, 0.35, Metallic=0.5), materials.plain(tone, 0.35)


def crate(rng, kind, half, depth, height, bed, side):
    """Ground and sides about the origin: the front, which the camera sees over, toward -y."""
    block(bed, (-half, -depth, -0.12), (half, depth, 0))
    if kind in ("paper shelf", "steel shelf"):
        far = max(3.2 * half, 6)
        block(bed, (-far, -depth, -0.13), (far, depth, -0.01))
        back = materials.plain(rng.choice(["#dfe3e2", "#2f3336", "#6f8a72", "#a9b3b8"]), 0.6)
        block(back, (-far, depth, -0.2), (far, depth + 0.1, 8)).visible_shadow = False
        block(side, (-far, -depth - 0.12, -0.55), (far, -depth, 0.05))
        return
    low = height * rng.uniform(0.25, 0.4)
    if kind == "wire basket":
        for z in np.linspace(0.1, height, 4):
            for y in (-depth, depth):
                if y > 0 or z < low + 0.1:
                    block(side, (-half, y - 0.025, z), (half, y + 0.025, z + 0.05))
            for x in (-half, half):
                block(side, (x - 0.025, -depth, z), (x + 0.025, depth, z + 0.05))
        for x in np.linspace(-half, half, 9):
            block(side, (x - 0.025, depth - 0.02, 0), (x + 0.025, depth + 0.02, height))
            block(side, (x - 0.025, -depth - 0.02, 0), (x + 0.025, -depth + 0.02, low + 0.1))
    else:
        slats = 3 if kind == "wooden crate" else 1
        for i in range(slats):
            z0, z1 = i * height / slats, (i + 0.8 if slats > 1 else 1) * height / slats
            for x in (-half, half):
                block(side, (x - 0.06, -depth, z0), (x + 0.06, depth, z1), 0.02)
            block(side, (-half, depth - 0.06, z0), (half, depth + 0.06, z1), 0.02)
        block(side, (-half, -depth - 0.06, -0.12), (half, -depth + 0.06, low), 0.02)
        if kind == "wooden crate":
            for x in (-half, half):
                block(side, (x - 0.12, depth - 0.12, 0), (x + 0.12, depth + 0.12, height * 1.08))
    g = Graph("floor", rng.uniform(0, 9))
    tone = materials.jitter(rng, rng.choice(["#55585a", "#9a9a94", "#6a5f54", "#2f5a3a", "#3a6f8a"]))
    floor = g.surface(g.mix(g.noise(1.5, 3), tone, materials.blend(tone, (0, 0, 0), 0.45)), 0.85)
    block(floor, (-40, -40, -0.2), (40, 40, -0.12))
    if rng.random() < 0.6:
        away = depth + rng.uniform(0.8, 2.5)
        wall = materials.plain(rng.choice(["#dfe3e2", "#2f3336", "#4f6f58", "#8f9a9a"]), 0.7)
        block(wall, (-40, away, -0.2), (40, away + 0.1, 12)).visible_shadow = False


def neighbours(rng, half, depth, shelf):
    """Grey and green boxes beside and behind, a price tag at the front edge."""
    for x in (-1, 1):
        if rng.random() < 0.65:
            tone = materials.jitter(rng, rng.choice(["#7a8078", "#5c6f5a", "#9aa39a", "#3f5a48", "#a8a8a4"]))
            wide = rng.uniform(0.8, 1.6)
            inner = half + rng.uniform(0.12, 0.3)
            low, high = sorted((x * inner, x * (inner + wide)))
            z = 0.0 if shelf else -0.12
            block(materials.plain(tone, 0.6), (low, -depth * rng.uniform(0.2, 0.9), z),
                  (high, depth * rng.uniform(0.5, 0.95), rng.uniform(0.5, 1.3)), 0.03, CLUTTER)  # fmt: skip
    for _ in range(rng.integers(1, 4) if shelf else rng.integers(0, 3)):
        standing = rng.random() < 0.5  # a card behind the fruit, or a tag on the front edge
        price_tag(rng, half, depth * 0.93 if standing else -depth - 0.2, standing, 0.0 if not shelf else -0.4)


def price_tag(rng, half, y, standing, low):
    """A card with a few dark marks for figures."""
    wide, tall = rng.uniform(0.3, 0.5), rng.uniform(0.34, 0.5)
    z = rng.uniform(0.45, 0.7) if standing else low
    x = rng.uniform(-0.85, 0.85) * half
    card = str(rng.choice(["#f4f4ee", "#f2e04a", "#e8482e", "#ffffff", "#26302a"]))
    ink = materials.plain("#f0f0ea" if card in ("#26302a", "#e8482e") else "#202224", 0.6)
    block(materials.plain(card, 0.5), (x - wide, y, z), (x + wide, y + 0.03, z + tall), 0, CLUTTER)
    if standing:
        block(materials.plain("#5a5046", 0.6), (x - 0.03, y, 0), (x + 0.03, y + 0.03, z), 0, CLUTTER)
    at = x - 0.75 * wide
    while at < x + 0.55 * wide:
        step = rng.uniform(0.05, 0.16)
        block(ink, (at, y - 0.01, z + 0.25 * tall), (at + step, y, z + tall * rng.uniform(0.6, 0.8)), 0, CLUTTER)
        at += step + 0.06


def shop_light(rng, kind):
    """One of SHELF_LIGHTS above the origin; the camera stands toward -y."""

    def area(x, y, z, power, size, colour):
        at = np.array([x, y, z])
        lamp("AREA", at, (0, 0, 0), power * float(at @ at) * 12.6 * rng.uniform(0.85, 1.15), size, colour)

    if kind == "tube":
        for x in (-2.2, 0.4, 2.6):
            area(x + rng.uniform(-0.4, 0.4), rng.uniform(-1.5, 0.5), 4.5, 0.5, 1.2, rng.choice(["#e2ffe4", "#d6f7ee"]))
        world(0.4, "#d5e8da", "#76807a")
    elif kind == "led strip":
        area(rng.uniform(-1, 1), -1.2, 3.2, 1.7, 1.0, "#dfeaff")
        world(0.25, "#c8d6ea", "#5c6470")
    elif kind == "market awning":
        tone = rng.choice(["#ffb08a", "#ffd88a", "#bfe8b0", "#ff9a9a"])
        area(rng.uniform(-2, 2), -3.0, 5, 0.9, 6, tone)
        area(rng.choice([-6, 6]), -4, 2.5, 0.6, 3, "#fff4e4")
        world(0.5, "#e6e0d2", "#8a8478")
    else:  # fridge
        area(0, 0.6, 3.0, 0.9, 2.2, "#d4ecff")
        area(rng.uniform(-2, 2), -3.5, 3.0, 0.5, 2.2, "#e6f6ff")
        world(0.45, "#cfe4f4", "#7f94a4")


def cast(rng):
    """A wrong white balance: all light tinted alike."""
    tints = [(1, 1, 1), (0.82, 1.06, 0.88), (0.76, 0.94, 1.25), (1.2, 1.0, 0.72), (1.12, 0.92, 1.08)]
    tint = np.array(tints[rng.integers(5)])
    for data in bpy.data.lights:
        data.color = np.array(data.color) * tint
    for node in bpy.context.scene.world.node_tree.nodes:
        if node.type == "VALTORGB":
            for element in node.color_ramp.elements:
                element.color = (*(np.array(element.color)[:3] * tint), 1)


def look(rng, points, azimuth, elevation, fill):
    """A camera of wide lens, somewhat rolled, that holds all `points`; low or steep as `elevation` (radians) says."""
    middle = (points.max(0) + points.min(0)) / 2
    roll = rng.choice([-1, 1]) * rng.uniform(0.03, 0.16)
    distance, lens = 4.0, rng.uniform(28, 35)
    for _ in range(5):
        for old in [t for t in bpy.context.scene.objects if t.type == "CAMERA"]:
            bpy.data.objects.remove(old)
        view = camera(azimuth, elevation, middle, distance, lens, roll)
        distance *= np.ptp(project(view, points), axis=0).max() / fill
    seen = project(view, points)
    room = np.maximum(0.5 - np.ptp(seen, axis=0) / 2 - 0.02, 0)
    shift = (seen.max(0) + seen.min(0)) / 2 - 0.5 + rng.uniform(-1, 1, 2) * np.minimum(room, 0.12)
    view.data.shift_x, view.data.shift_y = float(shift[0]), float(shift[1])
    return view


def height_of_eye(rng, lowest, wish):
    """The camera's elevation in degrees: low, or steep from above; within the recipe's `wish` where that can be."""
    low, high = wish or (lowest, 78)
    low, high = max(low, lowest), max(high, lowest + 8)
    if rng.random() < 0.4:
        return rng.uniform(min(max(low, 50), high - 6), high)
    return rng.uniform(low, max(min(high, 34), low + 6))


def shelf_stage(rng, azimuth=None, elevation=None, **ignored):
    """Set the scene about what a recipe has linked, in place of `scene.stage`; returns the truth of the same form.

    `azimuth` (radians) is the side of the subject to be seen, `elevation` a range in degrees; other wishes of a recipe
    are ignored.
    """
    things = [t for t in bpy.context.scene.objects if t.type == "MESH"]
    points = shapes.corners(things)
    centre = (points.max(0) + points.min(0)) / 2
    size = max(np.linalg.norm(points[:, :2] - centre[:2], axis=1).max(), np.ptp(points[:, 2]) / 2)
    toward = -np.pi / 2 + rng.uniform(-0.35, 0.35)
    turn = rng.uniform(0, 2 * np.pi) if azimuth is None else toward - azimuth
    # The subject comes to the origin, with radius 1: the shop is built about it.
    shapes.move(things, at=(-centre[0], -centre[1], 0))
    shapes.move(things, turn=(0, 0, turn), scale=float(1 / size))
    bpy.context.view_layer.update()
    points = shapes.corners(things)
    kind, light = str(rng.choice(SHELF_SURFACES)), str(rng.choice(SHELF_LIGHTS))
    shelf = kind in ("paper shelf", "steel shelf")
    angle = height_of_eye(rng, 14 if shelf else 22, elevation)
    reach = np.maximum(np.abs(points[:, :2]).max(0) * rng.uniform(1.12, 1.35) + 0.12, rng.uniform(1.2, 1.9))
    half, depth = float(reach[0]), float(reach[1])
    bed, side = ground_material(rng, kind)
    crate(rng, kind, half, depth, rng.uniform(0.45, 0.75), bed, side)
    neighbours(rng, half, depth, shelf)
    shop_light(rng, light)
    cast(rng)
    look(rng, points, toward, np.deg2rad(angle), rng.uniform(0.55, 0.88))
    view = bpy.context.scene.view_settings
    view.exposure = float(rng.choice([rng.uniform(-0.9, -0.35), rng.uniform(0.3, 0.75)]))
    return {"light": light, "surface": kind, "elevation": round(float(angle), 1)}
