CREATE TABLE accounts (
    id bigserial PRIMARY KEY,
    email varchar NOT NULL,
    created_at timestamp(6) NOT NULL
);
CREATE UNIQUE INDEX index_accounts_on_email ON accounts (email);
CREATE TABLE statuses (
    id bigserial PRIMARY KEY,
    account_id bigint NOT NULL,
    in_reply_to_id bigint,
    visibility integer NOT NULL DEFAULT 0,
    CONSTRAINT fk_rails_1a7bc3aca9 FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_of_replies FOREIGN KEY (in_reply_to_id) REFERENCES statuses (id) ON DELETE SET NULL
);
CREATE INDEX index_statuses_on_account_id_and_visibility ON statuses (account_id, visibility);
CREATE INDEX index_statuses_on_in_reply_to_id ON statuses (in_reply_to_id);
