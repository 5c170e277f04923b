# Triton with the painters. Its arguments are those of `tritonserver`.
# Build it from the root of the repository: docker build -f deploy/k8s/images/triton.Dockerfile .

FROM python:3.13.14-slim-bookworm@sha256:67a1e1f215ccda113cfc024e8639049257e88f273898f595b61476d128d387e8 AS tools
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
WORKDIR /source
COPY constraints.txt ./
RUN sed -n '/^uv==/,/[^\\]$/p' constraints.txt > uv.txt \
    && python -m venv /tools \
    && /tools/bin/pip install --no-cache-dir --no-deps --require-hashes -r uv.txt

FROM nvcr.io/nvidia/tritonserver:26.06-py3@sha256:a40838bb4587d2aceb46b1e7fd144afb24c9016c219dd3eba31716e4e28dbfc7 AS packages
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never
WORKDIR /source
COPY --from=tools /tools/bin/uv /tools/bin/uv
COPY constraints.txt ./
COPY libs/paint-contract libs/paint-contract
COPY libs/painters/pyproject.toml libs/painters/pyproject.toml
COPY libs/painters/src libs/painters/src
# With Triton's own Python: its stub, which runs the models, is linked against that one.
RUN /tools/bin/uv venv --python /usr/bin/python3 /opt/kanvas \
    && /tools/bin/uv pip install --python /opt/kanvas/bin/python --no-sources \
        -c constraints.txt --build-constraints constraints.txt \
        libs/paint-contract libs/painters

FROM nvcr.io/nvidia/tritonserver:26.06-py3@sha256:a40838bb4587d2aceb46b1e7fd144afb24c9016c219dd3eba31716e4e28dbfc7
COPY --from=packages /opt/kanvas /opt/kanvas
COPY libs/painters/model_repository /opt/models
# The stub finds its packages through the first `python3` on the PATH.
ENV PATH=/opt/kanvas/bin:$PATH PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
ENTRYPOINT ["/opt/tritonserver/bin/tritonserver"]
