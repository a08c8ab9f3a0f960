"""How Sphinx makes the site from what `tools/website.py` has laid out: `make site`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

# The one setting about where the course lives: the address of its repository, as
# "https://github.com/OWNER/NAME", without a slash at its end. Empty: the site has no buttons for
# Colab, Binder and download. For one build: make site REPOSITORY=…
repository = ""

project = "Transfer learning"
author = "The tlcourse authors"
project_copyright = "2026, the tlcourse authors. Texts CC BY 4.0, code MIT, data CC0."
language = "en"
smartquotes = False  # a quotation stays as the notebook has it
root_doc = "index"

extensions = ["myst_nb", "course_pages"]
nb_execution_mode = "off"  # the stored outputs are shown
nb_ipywidgets_js = {}  # no control is alive here, so nothing is loaded for it
nb_merge_streams = True
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
nb_mime_priority_overrides = [("html", "text/markdown", 5)]
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
myst_heading_slug_func = "course_pages.anchor"
html_math_renderer = "mathml"

html_theme = "sphinx_book_theme"
html_title = "Transfer learning"
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # a page that was opened as a file may fetch nothing
html_last_updated_fmt = None
html_theme_options = {
    "home_page_in_toc": True,
    "navigation_with_keys": False,
    "search_bar_text": "Search the course",
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
}
