#!/usr/bin/env bash
# Version: pgsql-parser 18.2.8, pgsql-deparser 18.3.8 (both over PostgreSQL's own grammar).
# Guess: the text printed from the tree of PostgreSQL's own parser is accepted by that parser.
# So it is: (ARRAY[1, 2, 3])[2:3] is printed without its brackets, which that same parser refuses.
# Why users meet it: tools that rewrite SQL (rename a schema, normalise a catalogue's text) parse and print it.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
node_with pgsql-parser@18.2.8 pgsql-deparser@18.3.8
cat >f.mjs <<'JS'
import { parse, deparse } from 'pgsql-parser';
const text = await deparse(await parse('SELECT (ARRAY[1, 2, 3])[2:3] AS a'));
console.log(text);
try { await parse(text); console.log('accepted'); } catch (error) { console.log('refused'); }
JS
expect "its own print is refused" "SELECT ARRAY[1, 2, 3][2:3] AS a
refused" "$(node f.mjs)"
