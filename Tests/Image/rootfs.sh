#!/usr/bin/env bash
# Lays out the image's root: the executable, its shared libraries and the loader, by what `ldd` says.
#
#   Tests/Image/rootfs.sh EXECUTABLE FOLDER
set -euo pipefail

executable=$1
root=$2

if [[ -e $root && -n $(ls -A "$root") ]]; then
    echo "$root is not empty" >&2
    exit 2
fi
install -D --mode 0755 "$executable" "$root/usr/bin/uwsgi-max-fd"
strip --strip-all "$root/usr/bin/uwsgi-max-fd"

listing=$(ldd "$executable")
if grep -q 'not found' <<<"$listing"; then
    printf 'a library is missing on this machine:\n%s\n' "$listing" >&2
    exit 1
fi
# "libssl.so.3 => /lib/…/libssl.so.3 (0x…)" and "/lib64/ld-linux-x86-64.so.2 (0x…)"
while read -r library; do
    # Each lands at the path under which the loader looks for it, whatever links lead there on this machine.
    install -D --mode 0755 "$library" "$root$library"
done < <(awk '$2 == "=>" { print $3 } $1 ~ /^\// { print $1 }' <<<"$listing" | sort -u)
