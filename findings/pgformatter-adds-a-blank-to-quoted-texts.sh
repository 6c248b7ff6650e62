#!/usr/bin/env bash
# Version: pgFormatter 5.5 (Debian's pgformatter 5.5-1; apt-get install pgformatter).
# Guess: a formatter moves white space between words; what stands inside of a literal stays.
# So it is: a dollar-quoted literal in DEFAULT or VALUES gets a blank in front ($$x$$ becomes $$ x$$), and after one that
#   holds an apostrophe two blanks of later 'literals' become one. COMMENT ON … IS $$…$$ is left alone.
# Why users meet it: seeds and defaults with apostrophes are what dollar quotes are for; the file runs, with other values.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
cat >in.sql <<'SQL'
INSERT INTO notes VALUES ($$Ada$$);
INSERT INTO notes VALUES ($q$it's$q$, 'a  b');
COMMENT ON TABLE notes IS $$it's so$$;
SQL
expect "the texts" "VALUES (\$\$ Ada\$\$);
VALUES (\$q\$ it's\$q\$, 'a b ');
COMMENT ON TABLE notes IS \$\$it's so\$\$;" "$(pg_format in.sql | grep -E 'VALUES|COMMENT' | sed 's/^ *//')"
