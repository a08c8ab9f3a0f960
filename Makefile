# The only place that knows how the environment is made. GNU make; see README.md for Windows.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The first Python on the path that TensorFlow 2.21 has wheels for.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(not (3,11) <= sys.version_info[:2] < (3,14))' \
	>/dev/null 2>&1 && echo $$p && break; done)
# What `make pack` has laid beside the course: then neither packages nor weights need a network.
PACKED := $(wildcard packed/wheels/requirements.lock)
LOCK := $(or $(PACKED),requirements.lock)
ifneq ($(PACKED),)
export KERAS_HOME ?= $(CURDIR)/packed/keras
endif
LAB_ARGS ?=
PYTEST_ARGS ?=
NB ?=
DROP ?=
DIR ?=
FOLDER ?=
MODEL ?=
RUN ?=
QUICK ?=
PARTS ?=
PYTHONS ?=
PROFILES ?=
WORKERS ?=
RUNS ?=
PIN ?=
# Drawing needs an environment of its own: bpy exists for Python 3.11 and NumPy below 2 alone.
RENDER ?= .render
PYTHON_RENDER ?= python3.11
# So has the site: Sphinx, and no TensorFlow.
SITE ?= .site
# And the hub for a class: JupyterHub and its proxy, on top of the course's own packages.
HUB ?= .hub
HUB_CONFIG ?= classroom/jupyterhub_config.py
HUB_STATE ?= /srv/tlcourse_hub
REPOSITORY ?=
CONFIGS ?= fruit vegetable vehicle noodle house fruit_shelf curio
BARS ?=

help:  ## list the commands
	@awk -F':.*## *' '/^##@/ {print "\n" substr($$0, 5)} \
	    /^[a-z-]+:.*##/ {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ For learners

$(READY): requirements.lock pyproject.toml setup.py
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 with venv was found: install one," \
	"or name it: make PYTHON=/path/to/python3.12 lab"; exit 1; }
	@echo "Making the environment in $(VENV) with $(PYTHON) (about two minutes, once) ..."
	$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps \
	    --require-hashes -r $(LOCK) || { echo "The packages could not be installed; the lines" \
	    "above tell why (no matching distribution: also where no index answers). Mend network, disk" \
	    "space or rights, and run the same command again."; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps \
	    --no-build-isolation --editable .
	$(BIN)/python -m pip check --disable-pip-version-check
	$(BIN)/jupyter labextension disable --level=sys_prefix \
	    @jupyterlab/apputils-extension:announcements  # no question about news, no look for updates
	$(BIN)/jupyter labextension disable --level=sys_prefix @jupyter/nbgrader  # a teacher's: make class
	$(BIN)/jupyter labextension disable --level=sys_prefix @jupyter-notebook/lab-extension
	$(BIN)/jupyter server extension disable --sys-prefix notebook $(addprefix \
	    nbgrader.server_extensions.,formgrader validate_assignment assignment_list course_list)
	@echo "Compiling to byte code, so that every notebook starts at once ..."
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -q -j 0 -x '/tests?/' $(VENV)/lib || true
	@touch $@; for each in $^; do test ! $$each -nt $@ || touch -r $$each $@; done  # a clock set back

lab: $(READY)  ## copy the lessons into my_course, open JupyterLab on them: first time about three minutes
	$(BIN)/tlcourse lab $(LAB_ARGS)

copies: $(READY)  ## bring my_course up to date, without opening it; what you changed stays
	$(BIN)/tlcourse copy

new: $(READY)  ## learn your own pictures, a sub-folder each class: make new FOLDER=~/pictures; RUN=1 runs it
	$(BIN)/tlcourse new "$(FOLDER)" $(if $(RUN),--run)

try: $(READY)  ## a page on this machine that asks what it learned: make try MODEL=my_course/my_pictures
	$(BIN)/tlcourse try "$(MODEL)"

check: $(READY)  ## points and hints for your copy of an exercise, without a grader: NB=05
	$(BIN)/python tools/check.py $(NB)

doctor: $(READY)  ## check this machine: about half a minute
	$(BIN)/tlcourse doctor

fetch: $(READY)  ## download ImageNet's weights (17 MB); `make lab` does it, too
	$(BIN)/tlcourse fetch

env: $(READY)  ## make the environment in .venv (the other commands do it when needed)

test: $(READY)  ## check everything, all notebooks under nbval: about half an hour
	$(BIN)/python -m pytest --nbval -n 2 $(PYTEST_ARGS)

clean:  ## remove the environment and all that runs have written; my_course stays
	rm -rf $(VENV) $(RENDER) $(SITE) $(HUB) build .pytest_cache .ruff_cache

##@ For teachers

class: $(READY)  ## an nbgrader course of the exercises: make class DIR=~/transfer; NB=05 for one of them
	$(BIN)/python tools/classroom.py "$(DIR)" $(NB)

test-class: $(READY)  ## grade every exercise solved, unsolved and wrong, as a teacher does: about 15 minutes
	TLCOURSE_CLASS=all $(BIN)/python -m pytest tests/test_classroom.py $(PYTEST_ARGS)

PURELIB := 'import sysconfig; print(sysconfig.get_path("purelib"))'

$(HUB)/.ready: requirements-hub.lock classroom/package-lock.json $(READY)
	@command -v npm >/dev/null || { echo "JupyterHub's proxy needs Node.js with npm: install them" \
	"(Debian, Ubuntu: apt install npm)."; exit 1; }
	$(BIN)/python -m venv --clear $(HUB)
	$(HUB)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
	    --require-hashes -r requirements-hub.lock
	course=$$($(BIN)/python -c $(PURELIB)) && hub=$$($(HUB)/bin/python -c $(PURELIB)) && \
	    echo "import site; site.addsitedir('$$course')" > "$$hub/course.pth"
	mkdir $(HUB)/proxy && cp classroom/package.json classroom/package-lock.json $(HUB)/proxy
	cd $(HUB)/proxy && npm ci --silent --no-audit --no-fund
	@touch $@

jupyterhub-env: $(HUB)/.ready  ## make what a hub for a class needs, in .hub: JupyterHub and its proxy

jupyterhub: $(HUB)/.ready  ## a hub for a class on this machine, as root: classroom/README.md first
	@test "$$(id -u)" = 0 || { echo "A hub starts servers as its users: it needs root."; exit 1; }
	install -d -m 700 $(HUB_STATE)
	cd $(HUB_STATE) && $(abspath $(HUB))/bin/jupyterhub --config $(abspath $(HUB_CONFIG))

bench-hub: $(HUB)/.ready  ## lesson 05 on a hub by 1, 2, 4 learners at once, as root: about ten minutes
	$(BIN)/python tools/bench_hub.py

##@ For authors

lint: $(READY)  ## style of the code, rules for notebooks and exercises: about a minute
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tools/notebooks.py lint
	$(BIN)/python tools/exercises.py --check

LESSONS := $(BIN)/python -m pytest --nbval -n 2 $(PYTEST_ARGS) notebooks/[0-9]*.ipynb

test-profiles: $(READY)  ## the lessons without ImageNet's weights, then on real photographs: about 15 minutes
	mkdir -p build/offline/keras build/photographs
	TLCOURSE_PROFILE=offline TLCOURSE_OFFLINE=1 KERAS_HOME="$(abspath build/offline/keras)" \
	    TLCOURSE_BUILD="$(abspath build/offline)" $(LESSONS)
	@test -n "$$TFDS_DATA_DIR" || echo "No TFDS_DATA_DIR is set: nothing was run on real photographs."
	test -z "$$TFDS_DATA_DIR" || TLCOURSE_PROFILE=photographs \
	    TLCOURSE_BUILD="$(abspath build/photographs)" $(LESSONS)

test-all: $(READY)  ## each Python that is here × profiles × one and two workers, one table: hours; PARTS=style PYTHONS=3.13
	$(BIN)/python tools/matrix.py $(if $(PARTS),--parts "$(PARTS)") $(if $(PYTHONS),--pythons "$(PYTHONS)") \
	    $(if $(PROFILES),--profiles "$(PROFILES)") $(if $(WORKERS),--workers "$(WORKERS)")

test-gpu: $(READY)  ## say what is compared on a GPU, then run the notebooks there; NB=05
	$(BIN)/python tools/gpu.py $(NB)

steady: $(READY)  ## all notebooks beside two busy processes until RUNS=20 in a row have passed: hours, can be stopped
	$(BIN)/python tools/steady.py $(if $(RUNS),--runs $(RUNS))

canary: $(READY)  ## run the notebooks with the newest packages: which claims break? NB=01 PIN="tensorflow==…"
	$(BIN)/python tools/canary.py $(NB) $(if $(PIN),--pin "$(PIN)")

fuzz: $(READY)  ## read 10,000 pictures, metadata, claims, results and cards that nobody meant
	TLCOURSE_FUZZ=10000 $(BIN)/python -m pytest -q -rP tests/test_fuzz.py $(PYTEST_ARGS)

mutants: $(READY)  ## change a lesson as a slip would: does the net catch it? NB=05; QUICK=1 leaves out words
	$(BIN)/python tools/mutants.py $(NB) $(if $(QUICK),--quick)

exercises: $(READY)  ## make notebooks/exercises from notebooks/solutions
	$(BIN)/python tools/exercises.py

notebooks: $(READY)  ## execute the notebooks in place; NB=02 for one of them
	$(BIN)/python tools/notebooks.py execute $(NB)

minutes: $(READY)  ## write the minutes of the last `make test` into README and title blocks
	$(BIN)/python tools/notebooks.py minutes

studies: $(READY)  ## run the studies' longer experiments (resumes; two at a time); NB=05, DROP=1
	$(BIN)/python tools/results.py $(NB) $(if $(DROP),--drop)

carry-over: $(READY)  ## keep the table of the last run of studies/10_carry_over for the other studies
	cp build/carry_over.csv data/results/carry_over.csv

results: studies  ## the same, by its older name

claims: $(READY)  ## write the ledger of claims and its page from the last runs; NB=05 for one lesson
	$(BIN)/python tools/claims.py $(NB)

catalogue: $(READY)  ## measure data/catalogue.csv from the installed Keras (one minute)
	$(BIN)/python tools/catalogue.py

bench: $(READY)  ## measure the course's bars on this machine
	$(BIN)/python tools/bench.py

lock: $(READY)  ## choose the newest versions that pyproject.toml allows
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra test --extra classroom --universal --python-version 3.11 \
	    --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet --upgrade \
	    --output-file requirements.lock
	$(BIN)/uv pip compile data/tabletop/requirements.in --universal --python-version 3.11 \
	    --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet --upgrade \
	    --output-file requirements-render.lock
	$(BIN)/uv pip compile site/requirements.in --universal --python-version 3.11 \
	    --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet --upgrade \
	    --output-file requirements-site.lock
	$(BIN)/uv pip compile classroom/requirements.in --constraint requirements.lock --universal \
	    --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet \
	    --upgrade --output-file requirements-hub.lock

##@ For who publishes

$(SITE)/.ready: requirements-site.lock
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 with venv was found."; exit 1; }
	$(PYTHON) -m venv --clear $(SITE)
	$(SITE)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
	    --require-hashes -r requirements-site.lock
	@touch $@

site-env: $(SITE)/.ready  ## make the environment that builds the site, in .site

site: $(SITE)/.ready  ## build the site from the stored outputs, in build/site; REPOSITORY=https://github.com/…
	$(SITE)/bin/python tools/website.py $(if $(REPOSITORY),--repository $(REPOSITORY))

pack: $(READY)  ## one archive for a room without a network: course, wheels for this system, weights
	$(BIN)/python tools/pack.py

slides: $(SITE)/.ready  ## slides from the lessons' figures, HTML and PDF, in build/slides; NB=05 for one
	$(SITE)/bin/python tools/slides.py $(NB)

##@ For who draws and trains what the course stands on

$(RENDER)/.ready: requirements-render.lock
	@command -v $(PYTHON_RENDER) >/dev/null || { echo "Blender's bpy needs Python 3.11: install it," \
	"or name it: make PYTHON_RENDER=/path/to/python3.11 render"; exit 1; }
	$(PYTHON_RENDER) -m venv --clear $(RENDER)
	$(RENDER)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
	    --require-hashes -r requirements-render.lock
	@touch $@

render-env: $(RENDER)/.ready  ## make the environment that draws tabletop's pictures, in .render

render: $(RENDER)/.ready  ## draw tabletop's pictures with Blender (resumes); CONFIGS="fruit curio"
	cd data && $(abspath $(RENDER))/bin/python -m tabletop.render $(CONFIGS)

data-sheet: $(READY)  ## contact sheets of the drawn pictures, in build/tabletop/
	cd data && $(abspath $(BIN))/python -m tabletop.sheet $(CONFIGS)

data: $(READY)  ## pack the drawn pictures as TensorFlow Datasets under data/tfds
	cd data && $(abspath $(BIN))/python -m tabletop.prepare $(filter-out curio,$(CONFIGS))

weights: $(READY)  ## train the course's own weights anew (draw first: make render CONFIGS=curio)
	$(BIN)/python tools/pretrain.py

hub: $(READY)  ## export the course's network as the SavedModels of lesson 03
	$(BIN)/python tools/hub.py

bars: $(READY)  ## measure tabletop and its weights against their bars; BARS="proxy probes"
	$(BIN)/python tools/bars.py $(BARS)

.PHONY: help new try pack slides site site-env lab copies check doctor fetch env test class test-class clean lint test-profiles \
	jupyterhub jupyterhub-env bench-hub exercises notebooks minutes carry-over catalogue bench render-env \
	render data-sheet data weights hub studies results claims bars lock mutants fuzz test-all test-gpu steady canary
