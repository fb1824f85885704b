#!/usr/bin/env bash
# Installs what a clean Debian machine lacks beside the .NET SDK: ONNX Runtime's native library, out of the npm package
# onnxruntime-node, into artifacts/native; and PoCL, which makes an OpenCL device of the host's cores for the tests, where packages can
# be installed, unless the argument is --runtime. Changes nothing when all is there.
set -euo pipefail
cd "$(dirname "$0")/.."

version=1.30.0
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64)
    platform=linux/x64
    sha256=ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23
    ;;
  Linux-aarch64)
    platform=linux/arm64
    sha256=1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76
    ;;
  *)
    echo "setup: Hearth runs on Linux, x86_64 or aarch64; this is $(uname -s) on $(uname -m)." >&2
    exit 1
    ;;
esac
library=artifacts/native/libonnxruntime.so.1

is_expected() { [ -f "$1" ] && echo "$sha256  $1" | sha256sum --check --status; }

# Fails where there is no apt-get, no right to use it, or no such package.
install_packages() {
  local install="apt-get install --yes --no-install-recommends $*"
  command -v apt-get > /dev/null || return 1
  if [ "$(id -u)" = 0 ]; then
    apt-get update && DEBIAN_FRONTEND=noninteractive $install
  elif command -v sudo > /dev/null && sudo --non-interactive true 2> /dev/null; then
    sudo apt-get update && sudo DEBIAN_FRONTEND=noninteractive $install
  else
    return 1
  fi
}

install_npm() {
  install_packages npm && return
  echo "setup: npm is missing and could not be installed. As root run" >&2
  echo "    apt-get update && apt-get install --yes --no-install-recommends npm" >&2
  echo "or let HEARTH_ONNXRUNTIME name a libonnxruntime.so.1 of version $version." >&2
  exit 1
}

has_opencl() { compgen -G '/etc/OpenCL/vendors/*.icd' > /dev/null && [[ "$(ldconfig -p 2> /dev/null || /sbin/ldconfig -p)" == *libOpenCL.so.1* ]]; }

if ! command -v dotnet > /dev/null; then
  echo "setup: the .NET 10 SDK is missing: 'dotnet' is not on the PATH." >&2
  exit 1
fi

if [ -n "${HEARTH_ONNXRUNTIME:-}" ]; then
  if [ ! -f "$HEARTH_ONNXRUNTIME" ]; then
    echo "setup: HEARTH_ONNXRUNTIME names '$HEARTH_ONNXRUNTIME', which is no file." >&2
    exit 1
  fi
elif ! is_expected "$library"; then
  command -v npm > /dev/null || install_npm
  echo "setup: fetching ONNX Runtime $version (npm package onnxruntime-node)"
  mkdir -p "$(dirname "$library")"
  scratch=$(mktemp -d artifacts/native/fetch.XXXXXX)
  trap 'rm -rf "$scratch"' EXIT
  npm pack --silent --ignore-scripts --pack-destination "$scratch" "onnxruntime-node@$version" > /dev/null
  tar -xzf "$scratch/onnxruntime-node-$version.tgz" -C "$scratch" "package/bin/napi-v6/$platform/libonnxruntime.so.1"
  fetched="$scratch/package/bin/napi-v6/$platform/libonnxruntime.so.1"
  if ! is_expected "$fetched"; then
    echo "setup: libonnxruntime.so.1 of onnxruntime-node $version is not the file of SHA-256 $sha256 that was expected." >&2
    exit 1
  fi
  chmod 755 "$fetched"
  mv "$fetched" "$library"
fi

if [ "${1:-}" != --runtime ] && ! has_opencl && ! install_packages ocl-icd-libopencl1 pocl-opencl-icd; then
  echo "setup: OpenCL could not be installed; its tests are skipped. As root run" >&2
  echo "    apt-get update && apt-get install --yes --no-install-recommends ocl-icd-libopencl1 pocl-opencl-icd" >&2
fi
