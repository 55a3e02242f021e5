-- Jobs: long texts that are spoken part by part. Times are seconds since 1970.
-- body: the parts as JSON lines; empty once the job has ended.
-- turn_at: place in the queue, and the time before which the job is not taken. lease_until: end of the worker's lease.
-- webhook_due_at: time of the next delivery; null where there is none.
CREATE TABLE jobs (
    id text PRIMARY KEY,
    key_id text NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'failed')),
    speaker text NOT NULL,
    format text NOT NULL,
    rate bigint NOT NULL,
    body text NOT NULL,
    characters bigint NOT NULL,
    characters_done bigint NOT NULL,
    parts bigint NOT NULL,
    parts_done bigint NOT NULL,
    audio_ms bigint NOT NULL,
    size bigint,
    error_code text,
    error_message text,
    created_at double precision NOT NULL,
    started_at double precision,
    ended_at double precision,
    turn_at double precision NOT NULL,
    failures bigint NOT NULL,
    worker text,
    lease_until double precision NOT NULL,
    webhook_url text,
    webhook_state text,
    webhook_due_at double precision,
    webhook_attempts bigint NOT NULL
);

CREATE INDEX jobs_by_key ON jobs (key_id, created_at);
CREATE INDEX jobs_open ON jobs (turn_at) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE state IN ('completed', 'failed');
CREATE INDEX jobs_webhooks ON jobs (webhook_due_at) WHERE webhook_due_at IS NOT NULL;
