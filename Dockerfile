# The server with its plugins, compiled ahead of time, on a base without shell and package manager.
#   docker build --tag camshaft .
#   docker run --publish 127.0.0.1:8000:8000 --volume "$PWD/samples/models:/models:ro" camshaft

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG TARGETARCH
WORKDIR /source
COPY .editorconfig Directory.Build.props Directory.Packages.props global.json ./
COPY deploy/publish.sh deploy/
COPY perf/Load perf/Load
COPY plugins plugins
COPY src src
RUN --mount=type=cache,target=/root/.nuget/packages deploy/publish.sh "linux-$TARGETARCH" /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
COPY LICENSE /app/
COPY --from=build /app /app

# A container is reached from outside of it alone; see docs/security.md for what callers without a key may do then.
ENV CAMSHAFT__HOST=*

# The server's own defaults, counted from here: the models in /models, the configuration in /camshaft.json if it is there.
WORKDIR /
VOLUME ["/models"]
EXPOSE 8000 8002 8003
USER $APP_UID
STOPSIGNAL SIGTERM

# No HEALTHCHECK: there is no shell and no client in here to ask with. Probe /v2/health/ready over HTTP.
ENTRYPOINT ["/app/camshaft"]
CMD ["serve"]
