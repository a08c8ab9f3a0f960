"""What there is to draw: configurations, classes and counts. Needs no Blender."""

SPLITS = ("train", "validation", "test")
FULL = {"train": 100, "validation": 20, "test": 40}

FRUIT = (
    "Granny Smith", "banana", "orange", "lemon", "strawberry", "pineapple", "fig", "pomegranate", "custard apple",
    "jackfruit", "pear", "peach", "plum", "grape", "watermelon", "kiwi", "mango", "cherry", "raspberry", "avocado",
)  # fmt: skip
VEGETABLE = (
    "head cabbage", "broccoli", "cauliflower", "zucchini", "cucumber", "acorn squash", "butternut squash",
    "artichoke", "bell pepper", "mushroom", "corn", "carrot", "tomato", "eggplant", "red onion", "garlic", "potato",
    "radish", "asparagus", "pea pod",
)  # fmt: skip
VEHICLE = (
    "dump truck", "fire engine", "tow truck", "cement mixer", "tank truck", "pickup", "delivery van", "minibus",
    "camper", "hatchback", "convertible", "racing car",
)  # fmt: skip
NOODLE = (
    "shoyu ramen", "miso ramen", "tonkotsu ramen", "shio ramen", "spicy ramen", "tsukemen", "kitsune udon",
    "curry udon", "tempura udon", "tempura soba", "zaru soba", "pho", "laksa", "pad thai", "yakisoba",
    "dan dan noodles", "beef noodle soup", "wonton noodle soup", "japchae", "spaghetti with tomato sauce",
)  # fmt: skip
SURFACES = (
    "oak", "walnut", "marble", "slate", "linen", "checked cloth", "painted board", "bamboo", "tiles", "steel",
)  # fmt: skip
LIGHTS = ("window", "sun", "softbox", "lamp", "studio", "overcast", "backlight", "evening")
SHELF_SURFACES = ("wooden crate", "plastic crate", "wire basket", "paper shelf", "steel shelf", "cardboard tray")
SHELF_LIGHTS = ("tube", "led strip", "market awning", "fridge")
CURIO = tuple(f"curio {i:03d}" for i in range(100))

CONFIGS = {
    "fruit": {"module": "fruit", "classes": FRUIT, "counts": FULL},
    "vegetable": {"module": "vegetable", "classes": VEGETABLE, "counts": FULL},
    "vehicle": {"module": "vehicle", "classes": VEHICLE, "counts": FULL},
    "noodle": {"module": "noodle", "classes": NOODLE, "counts": {"train": 25, "validation": 10, "test": 20}},
    "house": {"module": "house", "classes": ("house",), "counts": {"train": 600, "validation": 100, "test": 200}},
    "fruit_shelf": {"module": "fruit", "classes": FRUIT, "counts": {"train": 40, "test": 20}},
    "curio": {"module": "curio", "classes": CURIO, "counts": {"train": 40, "validation": 2, "test": 5}},
}
