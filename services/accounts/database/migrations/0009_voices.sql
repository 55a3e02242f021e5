-- Voices that callers made. `tokens`, `labels`, `heard` and `consent` are JSON; no recording is kept.
CREATE TABLE voices (
    id text PRIMARY KEY,
    key_id text NOT NULL,
    name text NOT NULL,
    folded_name text NOT NULL,
    public bigint NOT NULL,
    language text NOT NULL,
    description text NOT NULL,
    labels text NOT NULL,
    source text NOT NULL,
    codec text NOT NULL,
    model text NOT NULL,
    tokens text NOT NULL,
    heard text NOT NULL,
    consent text NOT NULL,
    created_at double precision NOT NULL,
    changed_at double precision NOT NULL,
    UNIQUE (key_id, folded_name)
);

CREATE UNIQUE INDEX voices_public ON voices (folded_name) WHERE public = 1;

-- Statements by which speakers consent to a voice; of the recording, its hash is kept.
CREATE TABLE voice_consents (
    id text PRIMARY KEY,
    key_id text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    recording_sha256 text NOT NULL,
    seconds double precision NOT NULL,
    created_at double precision NOT NULL
);

CREATE INDEX voice_consents_by_key ON voice_consents (key_id, created_at);
