# Finora with what it needs for PostgreSQL and ClickHouse. Build: docker build -t finora .
# The build was not tried where this was written, which has no Docker; every step in it is one that `make install` does.
FROM python:3.13-slim AS build
RUN apt-get update && apt-get install --yes --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/finora
COPY . .
RUN make .venv/.package frontend \
 && .venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements-servers.lock \
 && rm -rf frontend/node_modules tests bench docs

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home finora && install -d -o finora -m 700 /var/lib/finora
COPY --from=build /opt/finora /opt/finora
ENV FINORA_DATA_DIR=/var/lib/finora FINORA_HOST=0.0.0.0 PYTHONDONTWRITEBYTECODE=1
# So that `docker compose exec finora-1 finora …` finds it.
ENV PATH=/opt/finora/.venv/bin:$PATH
USER finora
VOLUME /var/lib/finora
EXPOSE 8000
HEALTHCHECK CMD ["/opt/finora/.venv/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
ENTRYPOINT ["/opt/finora/.venv/bin/finora"]
CMD ["serve"]
