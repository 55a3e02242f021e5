-- Pronunciation dictionaries of keys. `entries` is JSON: word to spoken form. A change is a new version.
CREATE TABLE pronunciation_dictionaries (
    id text PRIMARY KEY,
    key_id text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    version bigint NOT NULL,
    created_at double precision NOT NULL
);

CREATE INDEX pronunciation_dictionaries_by_key ON pronunciation_dictionaries (key_id, created_at);

CREATE TABLE pronunciation_versions (
    dictionary_id text NOT NULL REFERENCES pronunciation_dictionaries (id) ON DELETE CASCADE,
    version bigint NOT NULL,
    entries text NOT NULL,
    size bigint NOT NULL,
    created_at double precision NOT NULL,
    PRIMARY KEY (dictionary_id, version)
);
