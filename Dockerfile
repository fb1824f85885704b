# One image for every part: `hearth operator`, `hearth gateway`, `hearth worker`. Build: docker build --tag hearth .
ARG DOTNET=mcr.microsoft.com/dotnet

# ONNX Runtime's native library, pinned by the same script that sets up a developer's machine.
FROM $DOTNET/sdk:10.0 AS native
WORKDIR /src
COPY build/setup.sh build/
RUN build/setup.sh --runtime

# Restored from the project files alone, so that this layer lasts until a dependency changes.
FROM $DOTNET/sdk:10.0 AS build
WORKDIR /src
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/Activation/*.csproj src/Activation/
COPY src/Api/*.csproj src/Api/
COPY src/Cli/*.csproj src/Cli/
COPY src/Compute/*.csproj src/Compute/
COPY src/Federation/*.csproj src/Federation/
COPY src/Gateway/*.csproj src/Gateway/
COPY src/Kubernetes/*.csproj src/Kubernetes/
COPY src/Operator/*.csproj src/Operator/
COPY src/Policies/*.csproj src/Policies/
COPY src/Training/*.csproj src/Training/
COPY src/Transport/*.csproj src/Transport/
COPY src/Worker/*.csproj src/Worker/
RUN dotnet restore src/Cli --use-current-runtime -p:PublishReadyToRun=true
COPY --from=native /src/artifacts/native artifacts/native
COPY src src
RUN dotnet publish src/Cli --no-restore --configuration Release --use-current-runtime --self-contained false \
    -p:PublishReadyToRun=true --output /app

# No shell, no package manager; the user is the image's unprivileged one, by number so that runAsNonRoot can tell.
FROM $DOTNET/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app .
EXPOSE 8080 8081
USER $APP_UID
ENTRYPOINT ["/app/hearth"]
