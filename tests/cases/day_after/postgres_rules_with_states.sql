CREATE TABLE users (
    id integer PRIMARY KEY,
    email text NOT NULL,
    CONSTRAINT ck_users_email_short CHECK (length(email) < 100) NOT ENFORCED
);
INSERT INTO users VALUES (1, 'nobody');
ALTER TABLE users ADD CONSTRAINT ck_users_email CHECK (email LIKE '%@%') NOT VALID;
CREATE TABLE posts (
    id integer PRIMARY KEY,
    author_id integer,
    editor_id integer REFERENCES users (id) NOT ENFORCED
);
INSERT INTO posts VALUES (1, 7, 8);
ALTER TABLE posts ADD CONSTRAINT posts_author FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE NOT VALID;
