# The course in a container, from the lock. Not tried yet: no Docker was at hand.
#   docker build --tag tlcourse .
#   docker run --rm --publish 127.0.0.1:8888:8888 --volume my_course:/course/my_course tlcourse
# The link that it prints holds the token; it reaches this machine alone.
FROM python:3.12-slim
RUN apt-get update && apt-get install --yes --no-install-recommends git make \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home learner && install --directory --owner learner /course /course/my_course
USER learner
WORKDIR /course
COPY --chown=learner Makefile pyproject.toml setup.py README.md requirements.lock LICENSE* ./
COPY --chown=learner tlcourse tlcourse
RUN make env
COPY --chown=learner . .
RUN touch .venv/.ready && .venv/bin/tlcourse fetch || true
ENV PATH="/course/.venv/bin:$PATH"
EXPOSE 8888
# Not `make lab`, which listens within the container alone; the token stays on.
CMD ["sh", "-c", "tlcourse copy && exec jupyter lab --no-browser --ip=0.0.0.0 --port=8888 \
--ServerApp.root_dir=/course --LabApp.default_url=/lab/tree/my_course/00_start_here.ipynb"]
