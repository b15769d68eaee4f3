#!/bin/sh
# Unpacks the archive that lies beside this script, runs the benchmark with this script's arguments, and clears up.
# Needs Linux (x64, glibc), tar and gzip and, unless --simulated is among the arguments, an NVIDIA driver.
set -eu

here=$(cd "$(dirname "$0")" && pwd)

# Somewhere that programs can be written to and started from, which not every system's /tmp is.
work=
for directory in "${TMPDIR:-/tmp}" /tmp /var/tmp /dev/shm "$here"; do
    work=$(mktemp -d "$directory/camshaft-gpu.XXXXXX" 2> /dev/null) || continue
    printf '#!/bin/sh\n' > "$work/probe" && chmod +x "$work/probe" && "$work/probe" 2> /dev/null && break
    rm -rf "$work"
    work=
done
if [ -z "$work" ]; then
    echo "There is no directory to unpack to: TMPDIR can name one that programs can be started from." >&2
    exit 1
fi

program=
trap 'rm -rf "$work"' EXIT
trap '[ -z "$program" ] || { kill "$program" && wait "$program"; } 2> /dev/null || true; exit 130' INT TERM

tar -xzf "$here/camshaft-gpu.tar.gz" -C "$work"
rm -f "$work/probe"

# Where drivers lie that the system's loader is not told of: in containers of some hosts, and in WSL.
for directory in /usr/local/nvidia/lib64 /usr/lib/wsl/lib; do
    if [ -e "$directory/libcuda.so.1" ]; then
        LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$directory
    fi
done

# The loader ends with 127 what lacks a library: GCC's runtime, which few systems are without, comes along.
status=0
LD_LIBRARY_PATH=${LD_LIBRARY_PATH-} "$work/Camshaft.GpuBenchmark" --version > /dev/null 2>&1 || status=$?
if [ "$status" -eq 127 ]; then
    LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$work/system
fi

# .NET would put a socket for debuggers into /tmp.
if [ -n "${LD_LIBRARY_PATH-}" ]; then
    export LD_LIBRARY_PATH
fi
DOTNET_EnableDiagnostics=0 "$work/Camshaft.GpuBenchmark" "$@" &
program=$!
wait "$program"
