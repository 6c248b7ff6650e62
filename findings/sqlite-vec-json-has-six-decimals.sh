#!/usr/bin/env bash
# Version: sqlite-vec 0.1.9 under apsw 3.54.1.0.
# Guess: vec_to_json() and back is the same vector, to the last bit of a float, as pgvector's text is.
# So it is: each number is printed with six decimals: 1e-9 is 0.000000, and a normalized vector of many dimensions comes back changed.
# Why users meet it: JSON is the form in which vectors are exported, moved and looked at.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlite-vec==0.1.9 apsw==3.54.1.0
cat >p.py <<'PY'
import apsw, sqlite_vec
sqlite = apsw.Connection(":memory:")
sqlite.enable_load_extension(True)
sqlite.load_extension(sqlite_vec.loadable_path())
print(*next(sqlite.cursor().execute("SELECT vec_to_json('[0.1234567, 1e-9, 3]')")))
PY
expect "three numbers as JSON" "[0.123457,0.000000,3.000000]" "$(venv/bin/python p.py)"
