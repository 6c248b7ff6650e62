CREATE TABLE posts (
    id integer PRIMARY KEY, made_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, seen_at timestamptz(6) DEFAULT now(),
    opens time(0) NOT NULL DEFAULT '09:00', dates timestamp(0)[], changed_at timestamp(6) without time zone NOT NULL
);
CREATE INDEX posts_seen_at ON posts (seen_at DESC) WHERE made_at > '2020-01-01'::timestamp(3);
INSERT INTO posts (id, changed_at) VALUES (1, '2024-01-01 00:00:00.123456');
