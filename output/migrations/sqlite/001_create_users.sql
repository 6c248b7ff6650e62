-- Migration 001: create_users (SQLite)
--
-- Table: users
-- Purpose: One account, with an e-mail address and a bcrypt password hash.
-- Security: A random UUID as the key prevents sequential enumeration of accounts.
-- Security: The unique index on email allows one account per address; the application stores addresses in lower case.
-- Security: The password is kept as a bcrypt hash, never in plain text, and a check refuses anything that is no bcrypt
-- hash.
-- Security: created_at is immutable, updated_at follows every change.
-- Design decisions: Seed 002 asks for UNIQUE on email and for the index idx_users_email. One unique index of that name
-- is both; a constraint and an index would be two copies of the same tree.
-- Design decisions: password_hash is varchar(255) as in the seed although bcrypt needs 60 characters: another algorithm
-- then needs only a new check, not a wider column.
-- Depends on: nothing
-- Referenced by: tasks (on delete cascade), conversations (on delete cascade), messages (on delete cascade)
--
-- Run:       sqlite3 -bail app.db < 001_create_users.sql
-- Roll back: sqlite3 -bail app.db < rollback/001_create_users.sql
-- Running it again is safe while it is the newest migration.

PRAGMA foreign_keys = ON;

BEGIN;

CREATE TABLE IF NOT EXISTS users (
    id             TEXT  NOT NULL DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        /* [uuid] Unique identifier; not sequential, so accounts cannot be counted or guessed */,
    email          TEXT  NOT NULL  /* [varchar(255)] Login name, in lower case; one account per address */,
    password_hash  TEXT  NOT NULL  /* [varchar(255)] bcrypt hash of the password, never the password itself */,
    created_at     TEXT  NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
        /* [timestamptz] When the account was made (UTC); never changes */,
    updated_at     TEXT  NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
        /* [timestamptz] When the account last changed (UTC) */,

    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT ck_users_id_type CHECK (id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_users_email_type CHECK (length(email) <= 255 AND instr(email, char(0)) = 0),
    CONSTRAINT ck_users_password_hash_type CHECK (length(password_hash) <= 255 AND instr(password_hash, char(0)) = 0),
    CONSTRAINT ck_users_created_at_type CHECK (substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') || substr(created_at, 20) IS created_at),
    CONSTRAINT ck_users_updated_at_type CHECK (substr(updated_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND updated_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19), '+0 days') || substr(updated_at, 20) IS updated_at),
    -- Refuses a password that was stored by mistake as plain text
    CONSTRAINT ck_users_password_hash_is_bcrypt CHECK (substr(password_hash, 1, 2) = '$2' AND length(password_hash) = 60)
) STRICT;

-- One account per address, and the fast look-up of every login
CREATE UNIQUE INDEX IF NOT EXISTS idx_users_email ON users (email);

-- users.created_at never changes
CREATE TRIGGER IF NOT EXISTS trg_users_created_at_immutable
BEFORE UPDATE ON users FOR EACH ROW WHEN NEW.created_at IS NOT OLD.created_at
BEGIN
    SELECT RAISE(ABORT, 'users.created_at is immutable');
END;

-- users.updated_at is refreshed by an UPDATE that does not set it
CREATE TRIGGER IF NOT EXISTS trg_users_updated_at_row_update
AFTER UPDATE ON users FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE users SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = NEW.id AND updated_at IS OLD.updated_at AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END;

COMMIT;

-- Rollback, the same as rollback/001_create_users.sql.
-- It loses:
--   every row of table users
--
-- PRAGMA foreign_keys = OFF;
-- BEGIN;
-- DROP TRIGGER IF EXISTS trg_users_updated_at_row_update;
-- DROP TRIGGER IF EXISTS trg_users_created_at_immutable;
-- DROP TABLE IF EXISTS users;
-- COMMIT;
-- PRAGMA foreign_keys = ON;
