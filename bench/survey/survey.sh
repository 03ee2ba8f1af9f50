#!/bin/sh
# Surveys a machine that has a GPU and its driver, and needs nothing else: sh survey.sh [options of gpu-survey]
# Results go to $OUT, or to results/ beside this file; what is unpacked to $PERTURBINE_HOME, or below the temporary folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=${PERTURBINE_HOME:-${TMPDIR:-/tmp}/perturbine-survey-$(id -u)}
# Nobody else may have laid there what is run from it.
mkdir -p "$home"
[ -O "$home" ] && [ ! -L "$home" ] || { echo "error: $home belongs to another user; set PERTURBINE_HOME to a folder of yours." >&2; exit 1; }
# What another pack has left there is no part of this one.
pack=$(cksum <"$here/pack.tar.xz")
if [ "$(cat "$home/complete" 2>/dev/null)" != "$pack" ]; then
  rm -rf "$home/repository" "$home/goldens" "$home/complete"
  tar -C "$home" -xJf "$here/pack.tar.xz"
  echo "$pack" >"$home/complete"
fi
if ! ldconfig -p 2>/dev/null | grep -q libvulkan.so.1 || ! ldconfig -p | grep -q libEGL.so.1; then
  mkdir -p "$home/loader"
  for deb in "$here"/debs/*.deb; do [ -e "$deb" ] && dpkg-deb -x "$deb" "$home/loader"; done
  export LD_LIBRARY_PATH="$home/loader/usr/lib/x86_64-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
fi
# Containers often have NVIDIA's driver without the file by which the loader finds it.
if [ -z "${VK_DRIVER_FILES:-}" ] && [ -e /dev/nvidiactl ]; then
  for icd in /etc/vulkan/icd.d /usr/share/vulkan/icd.d /usr/local/nvidia/share/vulkan/icd.d "$home"; do
    [ -e "$icd/nvidia_icd.json" ] && break
  done
  [ -e "$icd/nvidia_icd.json" ] ||
    echo '{"file_format_version":"1.0.0","ICD":{"library_path":"libGLX_nvidia.so.0","api_version":"1.3.0"}}' >"$icd/nvidia_icd.json"
  export VK_DRIVER_FILES="$icd/nvidia_icd.json" VK_ICD_FILENAMES="$icd/nvidia_icd.json"
fi
export DENO_DIR="$home/cache" DENO_NO_UPDATE_CHECK=1 PATH="$home:$PATH" PERTURBINE_ADAPTER="${PERTURBINE_ADAPTER:-system}"
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-$home}" PERTURBINE_CACHE="${PERTURBINE_CACHE:-$home/user-cache}"
[ -d "$home/goldens" ] && set -- --goldens "$home/goldens" "$@"
out=${OUT:-$here/results}
cd "$home/repository"
exec deno run -q -A cli/launch.ts run -q --no-prompt -A cli/main.ts gpu-survey --out "$out" "$@"
