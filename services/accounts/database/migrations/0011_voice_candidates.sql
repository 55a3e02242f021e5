-- Designed voices that wait for their caller to keep one. `tokens` and `labels` are JSON, as in `voices`.
CREATE TABLE voice_candidates (
    id text PRIMARY KEY,
    key_id text NOT NULL,
    labels text NOT NULL,
    codec text NOT NULL,
    model text NOT NULL,
    tokens text NOT NULL,
    created_at double precision NOT NULL
);

CREATE INDEX voice_candidates_by_key ON voice_candidates (key_id, created_at);
