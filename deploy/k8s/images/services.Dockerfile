# All services of Kanvas in one image; its arguments say which one runs, as in `kanvas_timeline serve`.
# Build it from the root of the repository: docker build -f deploy/k8s/images/services.Dockerfile .

FROM python:3.13.14-slim-bookworm@sha256:67a1e1f215ccda113cfc024e8639049257e88f273898f595b61476d128d387e8 AS packages
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never
WORKDIR /source
COPY constraints.txt ./
RUN sed -n '/^uv==/,/[^\\]$/p' constraints.txt > uv.txt \
    && python -m venv /tools \
    && /tools/bin/pip install --no-cache-dir --no-deps --require-hashes -r uv.txt
COPY libs/protos libs/protos
COPY libs/platform libs/platform
COPY libs/paint-contract libs/paint-contract
COPY services/gateway/pyproject.toml services/gateway/pyproject.toml
COPY services/gateway/src services/gateway/src
COPY services/timeline services/timeline
COPY services/imagegen services/imagegen
COPY services/social-graph services/social-graph
# The constraints hold one version of each package, with its hashes, which uv checks.
RUN python -m venv --without-pip /opt/kanvas \
    && /tools/bin/uv pip install --python /opt/kanvas/bin/python --no-sources \
        -c constraints.txt --build-constraints constraints.txt \
        libs/protos libs/platform libs/paint-contract \
        services/gateway services/timeline services/imagegen services/social-graph

FROM node:22.23.3-bookworm-slim@sha256:43ac6c60b8f89723f746e8a92ce91abd5017e627ce1ddfe4238355d3a30b772c AS page
WORKDIR /source
COPY services/gateway/web services/gateway/web
WORKDIR /source/services/gateway/web
RUN npm ci --no-audit --no-fund --ignore-scripts --workspaces=false && npm run build

FROM python:3.13.14-slim-bookworm@sha256:67a1e1f215ccda113cfc024e8639049257e88f273898f595b61476d128d387e8
COPY --from=packages /opt/kanvas /opt/kanvas
COPY --from=page /source/services/gateway/web/dist /opt/kanvas/page
# Nothing is written beside the code: the root is read-only where this runs.
ENV PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
ENTRYPOINT ["/opt/kanvas/bin/python", "-m"]
