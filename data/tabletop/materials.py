"""Procedural materials: a short way to write Blender's shader graphs.

    g = Graph("apple")
    speckle = g.noise(40)
    colour = g.mix(g.ramp(speckle, (0.45, 0), (0.6, 1)), "#8fae2f", "#c9d67a")
    material = g.surface(colour, rough=0.3, bump=g.noise(15), bump_strength=0.1)

Colours are "#rrggbb" or three numbers in 0–1, both in sRGB; values and sockets can be mixed freely.
"""

import bpy
import numpy as np


def linear(colour):
    """An sRGB colour ("#rrggbb" or three numbers in 0–1) as linear RGBA."""
    if isinstance(colour, str):
        colour = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    c = np.clip(np.asarray(colour, float)[:3], 0, 1)
    c = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return (*c.tolist(), 1.0)


def blend(first, second, amount):
    """The sRGB colour between two, as three numbers; `amount` 0 gives the first."""
    pair = [
        np.array([int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)]) if isinstance(c, str) else np.asarray(c, float)
        for c in (first, second)
    ]
    return tuple(pair[0] + (pair[1] - pair[0]) * float(np.clip(amount, 0, 1)))


def jitter(rng, colour, hue=0.015, saturation=0.08, value=0.08):
    """A colour near `colour` as three sRGB numbers: uniform changes up to the given amounts in HSV."""
    import colorsys

    h, s, v = colorsys.rgb_to_hsv(*blend(colour, colour, 0))
    h = (h + rng.uniform(-hue, hue)) % 1
    s = np.clip(s + rng.uniform(-saturation, saturation), 0, 1)
    v = np.clip(v + rng.uniform(-value, value), 0, 1)
    return colorsys.hsv_to_rgb(h, s, v)


def _is_colour(value):
    return isinstance(value, str) or (isinstance(value, (tuple, list, np.ndarray)) and len(value) in (3, 4))


class Graph:
    """One material under construction. Each method adds a node and returns its output socket."""

    def __init__(self, name="material", seed=0.0):
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.tree.nodes.clear()
        self.seed = float(seed)

    def node(self, kind, **settings):
        node = self.tree.nodes.new(kind)
        for key, value in settings.items():
            setattr(node, key, value)
        return node

    def set(self, socket, value):
        """Give `socket` a value, a colour or another socket."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        elif socket.type == "RGBA":
            socket.default_value = linear(value if _is_colour(value) else (value,) * 3)
        else:
            socket.default_value = value

    def coordinate(self, kind="Object", scale=(1, 1, 1), turn=(0, 0, 0)):
        """Where textures are read: "Object" (model units), "Generated" (0–1 across), "Normal"."""
        node = self.node("ShaderNodeTexCoord")
        mapping = self.node("ShaderNodeMapping")
        self.set(mapping.inputs["Vector"], node.outputs[kind])
        mapping.inputs["Scale"].default_value = scale
        mapping.inputs["Rotation"].default_value = turn
        mapping.inputs["Location"].default_value = (self.seed * 7.3, self.seed * 3.1, self.seed * 5.7)
        return mapping.outputs[0]

    def axis(self, which="Z", kind="Generated"):
        """One coordinate alone: with "Generated" it runs 0–1 from the object's low end to its high end."""
        node = self.node("ShaderNodeTexCoord")
        split = self.node("ShaderNodeSeparateXYZ")
        self.set(split.inputs[0], node.outputs[kind])
        return split.outputs[which]

    def noise(self, scale=5.0, detail=2.0, rough=0.5, warp=0.0, at=None):
        """Smooth noise in 0–1, mostly 0.3–0.7; `scale` is in periods a unit."""
        node = self.node("ShaderNodeTexNoise")
        self.set(node.inputs["Vector"], at or self.coordinate())
        for name, value in (("Scale", scale), ("Detail", detail), ("Roughness", rough), ("Distortion", warp)):
            self.set(node.inputs[name], value)
        return node.outputs[0]

    def voronoi(self, scale=5.0, feature="F1", output="Distance", random=1.0, at=None):
        """Cells: distance to the nearest point (F1), to the border (DISTANCE_TO_EDGE), or "Color" by cell."""
        node = self.node("ShaderNodeTexVoronoi", feature=feature)
        self.set(node.inputs["Vector"], at or self.coordinate())
        self.set(node.inputs["Scale"], scale)
        self.set(node.inputs["Randomness"], random)
        return node.outputs[output]

    def wave(self, scale=5.0, warp=0.0, direction="X", kind="BANDS", at=None):
        """Stripes (BANDS along an axis) or RINGS, 0–1."""
        node = self.node("ShaderNodeTexWave", wave_type=kind)
        setattr(node, "bands_direction" if kind == "BANDS" else "rings_direction", direction)
        self.set(node.inputs["Vector"], at or self.coordinate())
        for name, value in (("Scale", scale), ("Distortion", warp), ("Detail", 2.0)):
            self.set(node.inputs[name], value)
        return node.outputs["Fac"]

    def checker(self, first, second, scale=5.0, at=None):
        node = self.node("ShaderNodeTexChecker")
        self.set(node.inputs["Vector"], at or self.coordinate())
        self.set(node.inputs["Color1"], first)
        self.set(node.inputs["Color2"], second)
        self.set(node.inputs["Scale"], scale)
        return node.outputs["Color"]

    def brick(self, first, second, mortar, scale=5.0, at=None, **inputs):
        """Bricks or tiles; further inputs by Blender's names with underscores (Mortar_Size=0.02)."""
        node = self.node("ShaderNodeTexBrick")
        self.set(node.inputs["Vector"], at or self.coordinate())
        for name, value in (("Color1", first), ("Color2", second), ("Mortar", mortar), ("Scale", scale)):
            self.set(node.inputs[name], value)
        for name, value in inputs.items():
            self.set(node.inputs[name.replace("_", " ")], value)
        return node.outputs["Color"]

    def ramp(self, factor, *stops):
        """Map 0–1 through `stops`, (position, colour or number) pairs; numbers give grey."""
        node = self.node("ShaderNodeValToRGB")
        self.set(node.inputs[0], factor)
        elements = node.color_ramp.elements
        while len(elements) < len(stops):
            elements.new(1.0)
        for element, (position, value) in zip(elements, sorted(stops, key=lambda s: s[0]), strict=True):
            element.position = position
            element.color = linear(value) if _is_colour(value) else (value, value, value, 1)
        return node.outputs["Color"]

    def mix(self, factor, first, second, kind="MIX"):
        """`first` where the factor is 0, `second` where it is 1; `kind` is Blender's blend type (MULTIPLY …)."""
        node = self.node("ShaderNodeMixRGB", blend_type=kind)
        for socket, value in zip(node.inputs, (factor, first, second), strict=True):
            self.set(socket, value)
        return node.outputs[0]

    def math(self, operation, first, second=0.0):
        """ADD, MULTIPLY, SUBTRACT, POWER, MINIMUM, GREATER_THAN, ABSOLUTE, SINE … of numbers or sockets."""
        node = self.node("ShaderNodeMath", operation=operation)
        self.set(node.inputs[0], first)
        self.set(node.inputs[1], second)
        return node.outputs[0]

    def facing(self, blend=0.5):
        """0 where the surface faces the camera, towards 1 at its rim."""
        node = self.node("ShaderNodeLayerWeight")
        node.inputs["Blend"].default_value = blend
        return node.outputs["Facing"]

    def surface(self, colour, rough=0.5, bump=None, bump_strength=0.3, bump_distance=0.1, **inputs):
        """Finish: a principled surface. Further inputs by Blender's names with underscores:
        Metallic=1, Coat_Weight=0.5, Subsurface_Weight=0.2, Transmission_Weight=1, IOR=1.3, Sheen_Weight=0.4,
        Emission_Color=…, Emission_Strength=…, Specular_IOR_Level=0.5, Alpha=…
        """
        shader = self.node("ShaderNodeBsdfPrincipled")
        self.set(shader.inputs["Base Color"], colour)
        self.set(shader.inputs["Roughness"], rough)
        for name, value in inputs.items():
            self.set(shader.inputs[name.replace("_", " ")], value)
        if bump is not None:
            node = self.node("ShaderNodeBump")
            node.inputs["Strength"].default_value = bump_strength
            node.inputs["Distance"].default_value = bump_distance
            self.set(node.inputs["Height"], bump)
            self.set(shader.inputs["Normal"], node.outputs[0])
        output = self.node("ShaderNodeOutputMaterial")
        self.set(output.inputs["Surface"], shader.outputs[0])
        return self.material


def plain(colour, rough=0.5, **inputs):
    """A material of one colour."""
    return Graph("plain").surface(colour, rough, **inputs)
