#!/usr/bin/env bash
# Publishes the server with its plugins into one folder for one platform, compiled ahead of time (ReadyToRun).
#
#   deploy/publish.sh RID [FOLDER] [--self-contained]
#
# RID is linux-x64, linux-arm64, win-x64 or osx-arm64, whichever machine it is run on. The folder is artifacts/deploy/RID
# unless named. Without --self-contained the ASP.NET Core 10 runtime must be on the machine that serves.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

self_contained=false
positional=()
for argument in "$@"; do
  case "$argument" in
    --self-contained) self_contained=true ;;
    -*) echo "publish.sh: unknown option '$argument'" >&2; exit 2 ;;
    *) positional+=("$argument") ;;
  esac
done
if [ "${#positional[@]}" -lt 1 ] || [ "${#positional[@]}" -gt 2 ]; then
  echo "usage: deploy/publish.sh RID [FOLDER] [--self-contained]" >&2
  exit 2
fi
# Container builders say amd64 where .NET says x64.
rid="${positional[0]/amd64/x64}"
folder="${positional[1]:-artifacts/deploy/$rid}"

# What a former publish left must not be taken for a plugin's; but only its own folder is emptied.
if [ -e "$folder/camshaft.dll" ]; then
  rm -rf "$folder"
elif [ -n "$(ls -A "$folder" 2> /dev/null)" ]; then
  echo "publish.sh: '$folder' is not empty and holds no Camshaft" >&2
  exit 1
fi
dotnet publish src/Server --configuration Release --runtime "$rid" --self-contained "$self_contained" \
  --property PublishReadyToRun=true --property DebugType=none --property PublishDocumentationFiles=false --output "$folder"
echo "$folder"
