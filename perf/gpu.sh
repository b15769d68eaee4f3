#!/usr/bin/env bash
# Makes the GPU benchmark into a bundle for machines that have an NVIDIA driver and nothing else: an archive with the program
# and the .NET runtime, and a run.sh that unpacks and runs it. The program is not trimmed: the reader of module.yaml works by
# reflection.
#
#   perf/gpu.sh [DIRECTORY]     where the two files go; default: artifacts/gpu
set -euo pipefail

largest=$((45 * 1000 * 1000))
root=$(cd "$(dirname "$0")/.." && pwd)
target=${1:-$root/artifacts/gpu}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Beside the other builds: these are for one runtime, and leave no traces in them.
dotnet publish "$root/perf/Gpu" -c Release -r linux-x64 --self-contained --artifacts-path "$work/artifacts" -o "$work/program" -v q --nologo -p:RunAnalyzers=false
find "$work/program" -name '*.xml' -delete -o -name '*.pdb' -delete

# GCC's runtime, for systems that have none; run.sh takes it only there.
mkdir "$work/program/system"
ldd "$work/program/libcoreclr.so" | awk '$1 ~ /^lib(stdc\+\+|gcc_s)\.so/ { print $3 }' | xargs -r cp -Lt "$work/program/system"

mkdir -p "$target"
archive=$target/camshaft-gpu.tar.gz
tar -C "$work/program" --owner=0 --group=0 --sort=name -cf - . | gzip -9 > "$archive"
cp "$root/perf/Gpu/run.sh" "$target/run.sh"

size=$(stat -c %s "$archive")
if ((size > largest)); then
    echo "$archive has $size bytes; at most $largest are allowed." >&2
    exit 1
fi

echo "$archive: $size bytes"
echo "Copy it and run.sh beside it to the machine with the GPU, and start run.sh there."
