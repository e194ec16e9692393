# The exact release by its tag. A build that has to repeat to the byte adds the digest that its registry shows:
# --build-arg NODE_IMAGE=node:24.20.0-trixie-slim@sha256:…
ARG NODE_IMAGE=node:24.20.0-trixie-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package of ours needs its install script, so none is run.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="seldon-ambassador-webhook" \
      org.opencontainers.image.description="Admission webhook that validates SeldonDeployments and injects their complete Ambassador configuration" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
# As much for short-lived objects as Node.js took by itself before release 24; twice that is 100 MB more.
ENV NODE_OPTIONS=--max-semi-space-size=16
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
# The user `node` of the image, by number: a kubelet that is told runAsNonRoot cannot check a name.
USER 1000:1000
EXPOSE 8443 9464
# node itself: npm does not pass SIGTERM on. The other commands are given in place of `serve`.
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]
