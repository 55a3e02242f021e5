CREATE TABLE api_keys (
    id text PRIMARY KEY,
    name text NOT NULL,
    prefix text NOT NULL,
    hash text NOT NULL UNIQUE,
    scopes text NOT NULL,
    requests_per_minute integer,
    characters_per_minute integer,
    streams integer,
    created_at double precision NOT NULL,
    expires_at double precision,
    revoked_at double precision
);
