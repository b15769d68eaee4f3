#!/bin/sh
# Unpacks the archive that lies beside this script, runs the benchmark with this script's arguments, and clears up.
# Needs Linux (x64, glibc, libstdc++) and, unless --simulated is among the arguments, an NVIDIA driver.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

tar -xzf "$here/camshaft-gpu.tar.gz" -C "$work"
"$work/Camshaft.GpuBenchmark" "$@"
