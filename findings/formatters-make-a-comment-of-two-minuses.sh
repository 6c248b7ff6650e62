#!/usr/bin/env bash
# Version: prettier 3.6.2 with prettier-plugin-sql-cst 0.22.1; node-sql-parser 5.4.0.
# Guess: printing a parsed "- - 5" keeps the blank (or writes brackets), since "--" begins a comment in SQL.
# So it is: both print --5, and the rest of the line is a comment: columns vanish from the answer without any error.
# Why users meet it: a sign before a negated value, as generated and templated SQL has it (DEFAULT, CHECK, queries).
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
node_with prettier@3.6.2 prettier-plugin-sql-cst@0.22.1 node-sql-parser@5.4.0
cat >f.mjs <<'JS'
import prettier from 'prettier';
import * as cst from 'prettier-plugin-sql-cst';
import node from 'node-sql-parser';
const text = 'SELECT 2 AS b, - - 5 AS a';
const parser = new node.Parser();
console.log((await prettier.format(text, { parser: 'postgresql', plugins: [cst] })).trim());
console.log(parser.sqlify(parser.astify(text, { database: 'postgresql' }), { database: 'postgresql' }));
JS
seen=$(node f.mjs)
expect "both write a comment" 'SELECT 2 AS b, --5 AS a;
SELECT 2 AS "b", --5 AS "a"' "$seen"
