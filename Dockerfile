# Fairway's worker: JavaScript made from src, the packages it needs, and the pinned helm. It runs as an ordinary
# user and writes nowhere but to /tmp. Base images are pinned by tag; who mirrors them adds the digest.

# helm, from the sources that tools/helm pins with their checksums.
FROM golang:1.26.4-bookworm AS helm
ENV CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=-mod=readonly GOBIN=/out
WORKDIR /build
COPY tools/helm/go.mod tools/helm/go.sum ./
RUN version="$(go list -m -f '{{.Version}}' helm.sh/helm/v3)" \
  && go install -trimpath -ldflags "-s -w -X helm.sh/helm/v3/internal/version.version=${version}" tool

# src as JavaScript, and its workflows as one file; the compiler stays behind.
FROM node:22.22.2-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && node dist/bundle-workflows.js

FROM node:22.22.2-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
# Temporal's native part comes for every platform, with its sources; of them, what runs here stays, and is seen to load.
RUN cd node_modules/@temporalio/core-bridge \
  && platform="$(node -p "require('./common.js').getPrebuiltTargetName()")" \
  && find releases -mindepth 1 -maxdepth 1 ! -name "${platform}" -exec rm -r {} + \
  && rm -r Cargo.* bridge-macros scripts sdk-core src ts \
  && node -e "require('.')"

FROM node:22.22.2-bookworm-slim
LABEL org.opencontainers.image.title="Fairway worker" \
  org.opencontainers.image.description="Deployments as durable Temporal workflows" \
  org.opencontainers.image.licenses="Apache-2.0"
# The API servers of clusters and Temporal may have certificates of public authorities. Commands of smoke tests start
# processes: tini, as the first of the container, reaps those that are left, and passes signals on.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates tini \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=helm /out/helm /usr/local/bin/helm
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE ./
COPY --from=build /build/dist dist
# helm keeps what it needs for a moment under the home folder. A package of the Kubernetes client uses a module that Node
# warns of (DEP0040), which is no line of the log.
ENV NODE_ENV=production HOME=/tmp NODE_OPTIONS=--disable-warning=DEP0040
# By number: Kubernetes' runAsNonRoot cannot judge a name.
USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/tini", "--", "node", "--enable-source-maps", "/app/dist/worker.js"]
CMD ["--config", "/etc/fairway/fairway.yaml", "--health-address", "0.0.0.0:8080"]
