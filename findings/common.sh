# shellcheck shell=bash
# What each finding needs: a temporary folder, pinned packages in it, and one comparison.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Pinned packages of PyPI in an environment of their own; `python` is then $work/venv/bin/python.
python_with() {
  python3 -m venv venv
  venv/bin/pip install --quiet --disable-pip-version-check "$@" 2>pip.log || { cat pip.log; exit 1; }
}

# Pinned packages of npm, without their install scripts.
node_with() {
  echo '{"private": true}' >package.json
  npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps --save-exact "$@" >npm.log 2>&1 || { cat npm.log; exit 1; }
}

# expect WHAT EXPECTED SEEN: stops with both texts where the behaviour is another one.
expect() {
  if [ "$2" != "$3" ]; then
    printf 'changed: %s\n  expected: %s\n  seen:     %s\n' "$1" "$2" "$3" >&2
    exit 1
  fi
  printf 'as before: %s\n' "$1"
}
