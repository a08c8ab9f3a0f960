"""Table, backdrop, light and camera; and the rendering of one picture with its mask.

The subject is whatever a recipe has linked into the scene. `frame` scales nothing: table texture, lights and camera
are set up relative to the subject's own size, so recipes may use any unit.
"""

from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector

from . import materials, shapes
from .domains import LIGHTS, SURFACES
from .materials import Graph

SIDE = 100  # pixels
SAMPLES = 6  # a pixel, before denoising
CLUTTER = 200  # mask value of things that do not belong to the class


def reset():
    """An empty scene with the renderer's settings."""
    for collection in (bpy.data.objects, bpy.data.meshes, bpy.data.materials, bpy.data.lights, bpy.data.cameras,
                       bpy.data.worlds):  # fmt: skip
        bpy.data.batch_remove(list(collection))
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.render.threads_mode, scene.render.threads = "FIXED", 1
    scene.render.resolution_x = scene.render.resolution_y = SIDE
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    scene.render.image_settings.compression = 10
    scene.render.dither_intensity = 0.0
    cycles = scene.cycles
    cycles.use_adaptive_sampling = False
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 3, 2, 1
    cycles.transmission_bounces, cycles.transparent_max_bounces = 3, 4
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 4.0
    cycles.use_light_tree = False  # two lamps at most
    # "FAST" takes albedo and normal as they are, noise and all: the other filters cost ten times as much.
    cycles.denoising_prefilter, cycles.denoising_quality = "FAST", "FAST"
    cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
    return scene


def table_material(rng, kind):
    """One of SURFACES by name, its colours and grain drawn anew. Texture units: 1 = the subject's radius."""
    g = Graph(kind, seed=rng.uniform(0, 9))
    turn = (0, 0, rng.uniform(0, np.pi))
    at = g.coordinate(turn=turn)
    j = lambda colour: materials.jitter(rng, colour, 0.02, 0.1, 0.1)  # noqa: E731
    if kind in ("oak", "walnut"):
        light, dark = (j("#c79a63"), j("#9a6b3c")) if kind == "oak" else (j("#6b4429"), j("#3f2616"))
        grain = g.noise(2.2, 3, 0.6, 0.6, at=g.coordinate(scale=(0.35, 3.5, 1), turn=turn))
        fine = g.noise(9, 1, at=g.coordinate(scale=(0.2, 4, 1), turn=turn))
        plank = g.brick(0.75, 1.0, 0.25, rng.uniform(0.25, 0.5), at=at, Mortar_Size=0.008, Row_Height=0.35)
        colour = g.mix(g.mix(0.35, grain, fine), dark, light)
        return g.surface(g.mix(0.6, colour, plank, "MULTIPLY"), rng.uniform(0.3, 0.6), fine, 0.08)
    if kind == "marble":
        vein = g.noise(1.1, 4, 0.6, 2.0, at=at)
        band = g.ramp(vein, (0.44, 0.0), (0.5, 1.0), (0.56, 0.0))
        return g.surface(g.mix(band, j("#e8e6e1"), j("#a5a29c")), rng.uniform(0.12, 0.35))
    if kind == "slate":
        rugged = g.noise(3, 4, 0.65, at=at)
        return g.surface(g.ramp(rugged, (0.3, j("#2b2f33")), (0.7, j("#555b60"))), 0.6, rugged, 0.25)
    if kind == "linen":
        weave = g.mix(0.5, g.wave(9, 0.6, "X", at=at), g.wave(9, 0.6, "Y", at=at))
        tone = rng.choice(["#d8cbb0", "#cfd3d6", "#8d9aa8", "#b7a08a", "#7a8a6d", "#a94f4a"])
        fold = g.noise(0.7, 2, at=at)
        colour = g.mix(g.mix(0.5, weave, fold), j(tone), materials.blend(j(tone), (0, 0, 0), 0.3))
        return g.surface(colour, 0.95, fold, 0.35)
    if kind == "checked cloth":
        tone = j(rng.choice(["#b02a2a", "#2d5a9c", "#3c7a45", "#d3a62c", "#6b4d8a"]))
        return g.surface(g.checker("#f0ede6", tone, rng.uniform(1.2, 2.6), at=at), 0.9)
    if kind == "painted board":
        tone = j(rng.choice(["#e9e4da", "#7fa6b8", "#d9b48f", "#5a7d6a", "#c96f5a", "#394a63", "#cfc0d8", "#2f2f33"]))
        wear = g.noise(5, 3, 0.7, at=at)
        colour = g.mix(g.ramp(wear, (0.6, 0.0), (0.7, 0.5)), tone, materials.blend(tone, (0.5, 0.45, 0.4), 0.5))
        return g.surface(colour, rng.uniform(0.3, 0.7))
    if kind == "bamboo":
        slat = g.wave(rng.uniform(1.6, 3.0), 0.0, "X", at=at)
        colour = g.mix(g.noise(4, 3, at=g.coordinate(scale=(1, 0.1, 1), turn=turn)), j("#b8955a"), j("#d9c08a"))
        return g.surface(g.mix(g.ramp(slat, (0.0, 0.7), (0.15, 0.0)), colour, "#5b4526"), 0.5, slat, 0.4)
    if kind == "tiles":
        tone = rng.choice(["#b5623f", "#e6e2d8", "#4f7f86", "#c9b38c"])
        colour = g.brick(j(tone), j(tone), j("#8b857a"), rng.uniform(0.3, 0.6), at=at, Mortar_Size=0.012,
                         Brick_Width=0.5, Row_Height=0.5)  # fmt: skip
        return g.surface(g.mix(0.25, colour, g.noise(4, 4, at=at), "MULTIPLY"), rng.uniform(0.15, 0.5))
    brushed = g.noise(3, 4, at=g.coordinate(scale=(0.1, 9, 1), turn=turn))
    return g.surface(j("#b9bcbf"), g.ramp(brushed, (0.3, 0.3), (0.7, 0.5)), brushed, 0.03, Metallic=0.9)


def _aim(thing, target):
    thing.rotation_euler = (Vector(target) - thing.location).to_track_quat("-Z", "Y").to_euler()


def lamp(kind, at, target, energy, size=1.0, colour=(1, 1, 1)):
    """An AREA light (edge `size`) or a SUN (`size` is its angle in radians), aimed at `target`."""
    data = bpy.data.lights.new("lamp", kind)
    data.energy, data.color = energy, materials.linear(colour)[:3]
    if kind == "SUN":
        data.angle = size
    else:
        data.size = size
    thing = bpy.data.objects.new("lamp", data)
    bpy.context.scene.collection.objects.link(thing)
    thing.location = at
    _aim(thing, target)
    return thing


def world(strength, up="#dfe8f2", down="#8a8175"):
    """Light from all around: `up` from above, `down` from below the horizon."""
    world = bpy.data.worlds.new("world")
    bpy.context.scene.world = world
    world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    nodes.clear()
    coordinate, split = nodes.new("ShaderNodeTexCoord"), nodes.new("ShaderNodeSeparateXYZ")
    ramp, background = nodes.new("ShaderNodeValToRGB"), nodes.new("ShaderNodeBackground")
    ramp.color_ramp.elements[0].position, ramp.color_ramp.elements[1].position = 0.35, 0.75
    ramp.color_ramp.elements[0].color = materials.linear(down)
    ramp.color_ramp.elements[1].color = materials.linear(up)
    add = nodes.new("ShaderNodeMapRange")
    add.inputs["From Min"].default_value = -1.0
    links.new(coordinate.outputs["Generated"], split.inputs[0])
    links.new(split.outputs["Z"], add.inputs["Value"])
    links.new(add.outputs[0], ramp.inputs[0])
    links.new(ramp.outputs[0], background.inputs["Color"])
    background.inputs["Strength"].default_value = strength
    world.cycles.sampling_method = "NONE"  # an importance map costs a second a picture and is not worth it here
    links.new(background.outputs[0], nodes.new("ShaderNodeOutputWorld").inputs["Surface"])


def light(rng, kind, centre, radius, toward=0.0):
    """One of LIGHTS by name around `centre`, for a subject of `radius`.

    `toward` is the azimuth (radians) of the camera, so that "backlight" stands opposite to it.
    """

    def at(azimuth, elevation, distance):
        a, e = toward + np.deg2rad(azimuth), np.deg2rad(elevation)
        offset = distance * radius * np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])
        return centre + offset

    def area(azimuth, elevation, distance, power, size, colour):
        power = power * (distance * radius) ** 2 * 12.6 * rng.uniform(0.85, 1.2)
        lamp("AREA", at(azimuth, elevation, distance), centre, power, size * radius, colour)

    side = rng.choice([-1, 1])
    spread = rng.uniform(-20, 20)
    if kind == "window":
        area(side * 75 + spread, rng.uniform(25, 45), 6, 1.5, 4.5, "#eef4ff")
        world(0.45, "#dfe8f2", "#8a8175")
    elif kind == "sun":
        lamp("SUN", at(side * rng.uniform(40, 120), rng.uniform(35, 65), 9), centre, 3.0, 0.02, "#fff3dc")
        world(0.5, "#bcd4f5", "#8a7f70")
    elif kind == "softbox":
        area(spread * 3, rng.uniform(70, 88), 5, 1.5, 5, "#ffffff")
        world(0.4, "#e8e8e8", "#807c76")
    elif kind == "lamp":
        area(side * rng.uniform(30, 100), rng.uniform(45, 65), 5, 1.6, 1.5, "#ffe6c4")
        world(0.45, "#d6cab8", "#7d7366")
    elif kind == "studio":
        area(side * 50 + spread, 45, 6, 1.1, 3, "#ffffff")
        area(-side * 60 + spread, 25, 6, 0.45, 4, "#f2f6ff")
        world(0.3, "#e0e4ea", "#77736d")
    elif kind == "overcast":
        area(spread * 5, 80, 8, 0.6, 10, "#eef2f8")
        world(0.85, "#eef2f8", "#9b968e")
    elif kind == "backlight":
        area(180 + spread, rng.uniform(35, 55), 6, 1.7, 3, "#fff6e6")
        world(0.6, "#dfe6ee", "#8f887d")
    else:  # evening
        area(side * 80 + spread, rng.uniform(20, 35), 7, 1.5, 3, "#ffd2a6")
        world(0.6, "#b4c3dd", "#7d767c")


def backdrop(rng, centre, radius, toward):
    """A table that ends, and a wall behind it, far enough to be out of focus."""
    kind = rng.choice(["wall", "far table", "curtain"])
    if kind == "far table":
        return
    g = Graph("wall", seed=rng.uniform(0, 9))
    tone = materials.jitter(
        rng, rng.choice(["#d9d2c4", "#9fb0b5", "#b98f70", "#5c6b5d", "#40464f", "#e6e6e3", "#a5767a"])
    )
    if kind == "curtain":
        fold = g.wave(rng.uniform(0.4, 0.9) / radius, 1.5, "X")
        wall = g.surface(g.mix(fold, tone, materials.blend(tone, (0, 0, 0), 0.45)), 0.9)
    else:
        wall = g.surface(g.mix(g.noise(0.5 / radius, 3), tone, materials.blend(tone, (1, 1, 1), 0.25)), 0.9)
    size, away = 40 * radius, rng.uniform(3.5, 8) * radius
    plane = shapes.mesh([(-size, 0, -size), (size, 0, -size), (size, 0, size), (-size, 0, size)], [[0, 1, 2, 3]], wall)
    plane.pass_index = 0
    plane.visible_shadow = False  # lamps stand behind it
    direction = np.array([np.cos(toward), np.sin(toward), 0])
    shapes.place(
        plane, at=tuple(np.array([centre[0], centre[1], 0]) - away * direction), turn=(0, 0, toward + np.pi / 2)
    )


def clutter(rng, centre, radius, toward):
    """Small things beside and behind the subject that say nothing about its class."""
    taken = []
    for _ in range(rng.integers(1, 4)):
        colour = tuple(rng.uniform(0.1, 0.9, 3))
        material = materials.plain(colour, rng.uniform(0.1, 0.8), Metallic=float(rng.random() < 0.2))
        size = radius * rng.uniform(0.14, 0.3)
        kind = rng.integers(5)
        if kind == 0:
            thing = shapes.blob(material, (size,) * 3, 16, 12)
        elif kind == 1:
            thing = shapes.box(material, size * rng.uniform(0.7, 1.8, 3), 0.1 * size)
        elif kind == 2:
            thing = shapes.lathe(
                [
                    (0, 0),
                    (size, 0),
                    (size * 1.1, size * 1.8),
                    (size, size * 1.8),
                    (size * 0.8, 0.2 * size),
                    (0, 0.2 * size),
                ],
                material,
                20,
                16,
            )
        elif kind == 3:
            thing = shapes.sweep(
                [(-2.2 * size, 0, 0), (0, 0.2 * size, 0.1 * size), (2.2 * size, 0, 0)], 0.16 * size, material, 8, 10
            )
        else:
            thing = shapes.lathe(
                [
                    (0, 0),
                    (size * 0.8, 0),
                    (size * 0.8, size * 2),
                    (size * 0.3, size * 2.5),
                    (size * 0.3, size * 3),
                    (0, size * 3),
                ],
                material,
                20,
                20,
            )
        shapes.rest(shapes.place(thing, turn=(0, 0, rng.uniform(0, 6.3))))
        for _ in range(20):  # behind or beside, as the camera sees it, and clear of what is there
            azimuth = toward + np.pi + rng.uniform(-2.0, 2.0)
            spot = centre[:2] + radius * rng.uniform(1.05, 1.7) * np.array([np.cos(azimuth), np.sin(azimuth)])
            if all(np.linalg.norm(spot - t) > 0.7 * radius for t in taken):
                break
        taken.append(spot)
        shapes.place(thing, at=(*spot, 0))
        thing.pass_index = CLUTTER


def camera(azimuth, elevation, centre, distance, lens=50.0, roll=0.0, f_stop=None):
    """A camera on a sphere about `centre`; angles in radians, `lens` in mm on a 36 mm frame."""
    data = bpy.data.cameras.new("camera")
    data.lens, data.clip_end = lens, 1e4
    thing = bpy.data.objects.new("camera", data)
    bpy.context.scene.collection.objects.link(thing)
    direction = np.array([np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)])
    thing.location = np.asarray(centre) + distance * direction
    data.clip_start = distance * 0.01
    _aim(thing, centre)
    thing.rotation_euler.rotate_axis("Z", roll)
    if f_stop:
        data.dof.use_dof, data.dof.focus_distance, data.dof.aperture_fstop = True, distance, f_stop
    bpy.context.scene.camera = thing
    bpy.context.view_layer.update()
    return thing


def project(thing, points):
    """Image coordinates (n × 2; 0–1 inside the picture, y upward) of world `points` seen by camera `thing`."""
    matrix = np.array(thing.matrix_world.normalized().inverted())
    local = points @ matrix[:3, :3].T + matrix[:3, 3]
    scale = thing.data.lens / 36.0
    return 0.5 + scale * local[:, :2] / -local[:, 2:3] + np.array([thing.data.shift_x, thing.data.shift_y]) * -1


def frame(rng, points, azimuth, elevation, fill, lens=50.0, roll=0.0, f_stop=None):
    """A camera that holds all `points` (n × 3) inside the picture, a little off centre.

    The larger side of what they span takes the share `fill` of the picture's.
    """
    centre = (points.max(0) + points.min(0)) / 2
    radius = np.linalg.norm(points - centre, axis=1).max()
    thing = camera(azimuth, elevation, centre, 8 * radius * lens / 36, lens, roll, f_stop)
    for _ in range(5):
        extent = np.ptp(project(thing, points), axis=0).max()
        offset = np.array(thing.location) - centre
        nearest = 1.3 * radius / np.linalg.norm(offset)  # never among the points
        thing.location = Vector(centre + offset * max(extent / fill, nearest))
        bpy.context.view_layer.update()
    seen = project(thing, points)
    room = np.maximum(0.5 - np.ptp(seen, axis=0) / 2 - 0.02, 0)
    middle = (seen.max(0) + seen.min(0)) / 2 - 0.5
    shift = middle + rng.uniform(-1, 1, 2) * np.minimum(room, 0.14)
    thing.data.shift_x, thing.data.shift_y = float(shift[0]), float(shift[1])
    if f_stop:  # a blur that does not depend on the recipe's units
        distance = np.linalg.norm(np.array(thing.location) - centre)
        thing.data.dof.focus_distance = distance
        thing.data.dof.aperture_fstop = f_stop * 0.1 / max(distance, 1e-6)
    return thing


def stage(rng, *, elevation=(18, 62), fill=(0.55, 0.86), surfaces=SURFACES, lights=LIGHTS, cluttered=0.4, azimuth=None,
          f_stop=(9, 28)):  # fmt: skip
    """Set the scene about what a recipe has linked: table, backdrop, light, camera and clutter.

    `elevation` of the camera in degrees, `fill` (the subject's share of the picture's side) and `f_stop` are drawn from
    the given ranges. Returns the truth: names of light and surface, the camera's elevation in degrees
    and `yaw`, the side from which the subject is seen, in degrees.
    """
    points = shapes.corners([t for t in bpy.context.scene.objects if t.type == "MESH"])
    centre = (points.max(0) + points.min(0)) / 2
    radius = float(np.linalg.norm(points - centre, axis=1).max())
    surface, kind = str(rng.choice(surfaces)), str(rng.choice(lights))
    toward = rng.uniform(0, 2 * np.pi) if azimuth is None else azimuth
    height = np.deg2rad(rng.uniform(*elevation))
    table = shapes.mesh(
        [(-60, -60, 0), (60, -60, 0), (60, 60, 0), (-60, 60, 0)], [[0, 1, 2, 3]], table_material(rng, surface)
    )
    shapes.place(table, scale=radius, at=(centre[0], centre[1], 0))
    table.pass_index = 0
    backdrop(rng, centre, radius, toward)
    if rng.random() < cluttered:
        clutter(rng, centre, radius, toward)
    light(rng, kind, centre, radius, toward)
    frame(rng, points, toward, height, min(rng.uniform(*fill), 0.95), float(rng.choice([40, 55, 75])),
          rng.uniform(-0.06, 0.06), rng.uniform(*f_stop))  # fmt: skip
    bpy.context.scene.view_settings.exposure = rng.uniform(-0.25, 0.2)
    return {"light": kind, "surface": surface, "elevation": round(float(np.rad2deg(height)), 1),
            "yaw": round(float(np.rad2deg(toward) % 360), 1)}  # fmt: skip


def picture(path, seed):
    """Render the scene to `path` (PNG, 8-bit RGB) and return the mask: uint8, SIDE × SIDE, each part's pass index."""
    from PIL import Image

    scene = bpy.context.scene
    scene.view_settings.view_transform, scene.view_settings.look = "AgX", "AgX - Punchy"
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.seed = SAMPLES, True, seed % (2**31)
    scene.cycles.pixel_filter_type, scene.cycles.filter_width = "BLACKMAN_HARRIS", 1.5
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    mask_path = str(path) + ".mask.png"
    g = Graph("mask")
    info, emit, output = (
        g.node("ShaderNodeObjectInfo"),
        g.node("ShaderNodeEmission"),
        g.node("ShaderNodeOutputMaterial"),
    )
    g.set(emit.inputs["Color"], g.math("DIVIDE", info.outputs["Object Index"], 255.0))
    g.set(output.inputs["Surface"], emit.outputs[0])
    layer = bpy.context.view_layer
    layer.material_override = g.material
    scene.view_settings.view_transform, scene.view_settings.look, exposure = "Raw", "None", scene.view_settings.exposure
    scene.view_settings.exposure = 0.0
    scene.world = None
    dof, scene.camera.data.dof.use_dof = scene.camera.data.dof.use_dof, False
    scene.cycles.samples, scene.cycles.use_denoising = 1, False
    scene.cycles.pixel_filter_type, scene.cycles.filter_width = "BOX", 0.01
    scene.render.filepath = mask_path
    bpy.ops.render.render(write_still=True)
    layer.material_override = None
    scene.camera.data.dof.use_dof, scene.view_settings.exposure = dof, exposure
    with Image.open(mask_path) as opened:
        mask = np.array(opened.convert("L"))
    Path(mask_path).unlink()
    return mask
