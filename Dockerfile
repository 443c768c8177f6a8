# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 UV_LINK_MODE=copy UV_NO_CACHE=1 UV_NO_CONFIG=1
WORKDIR /src
COPY requirements/ requirements/
# The environment lies at the same path in both stages: its scripts name it. pip and uv stay behind.
RUN python3 -m venv /opt/uv \
 && /opt/uv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/bootstrap.txt \
 && python3 -m venv --without-pip /opt/hubbot \
 && /opt/uv/bin/uv pip install --python /opt/hubbot/bin/python --require-hashes --compile-bytecode \
    --build-constraints requirements/build.txt --only-binary :all: --no-binary langdetect -r requirements/runtime.txt
COPY pyproject.toml LICENSE ./
COPY bot/ bot/
COPY flows/ flows/
COPY locales/ locales/
COPY storage/ storage/
COPY hubs/ hubs/
RUN /opt/uv/bin/uv pip install --python /opt/hubbot/bin/python --no-deps --compile-bytecode \
    --build-constraints requirements/build.txt . \
 && /opt/hubbot/bin/python -m locales.unpacked

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 hubbot \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin hubbot \
 && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /opt/hubbot /opt/hubbot
ENV PATH=/opt/hubbot/bin:$PATH HUBBOT_DATA_DIR=/data PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# A folder without a .env of the host's, and one that we may read and not write.
WORKDIR /opt/hubbot
USER 10001:10001
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["hubbot", "health"]
ENTRYPOINT ["hubbot"]
CMD ["run"]
