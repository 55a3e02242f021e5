-- Records of requests, where RECORDS_STORE is `database`: the columns of the file's table, and the process that writes.
-- A row is written when a request begins and again when it has ended.
-- owes_*: 1 while its destination does not have it, then 0; null where it is not meant for it.
-- written_at: seconds since 1970; a running row that its process no longer refreshes is of a process that died.
CREATE TABLE request_records (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    id text PRIMARY KEY,
    request_id text NOT NULL,
    key_id text NOT NULL,
    arrived_at text NOT NULL,
    app_version text NOT NULL,
    model_version text NOT NULL,
    speaker text NOT NULL,
    format text NOT NULL,
    rate integer NOT NULL,
    stream integer NOT NULL,
    speed double precision NOT NULL,
    normalize integer NOT NULL,
    chunking integer NOT NULL,
    lexicon text,
    temperature double precision NOT NULL,
    top_k integer NOT NULL,
    top_p double precision NOT NULL,
    repetition_penalty double precision NOT NULL,
    max_tokens integer NOT NULL,
    seed bigint NOT NULL,
    text text,
    text_sha256 text NOT NULL,
    characters integer NOT NULL,
    outcome text NOT NULL,
    error_code text,
    queued_s double precision NOT NULL,
    ttfb_s double precision,
    took_s double precision NOT NULL,
    audio_s double precision NOT NULL,
    tokens integer NOT NULL,
    retries integer NOT NULL,
    chunks integer NOT NULL,
    owes_supabase integer,
    owes_credits integer,
    refused text,
    writer text NOT NULL,
    written_at double precision NOT NULL
);

CREATE INDEX request_records_arrived ON request_records (arrived_at);
CREATE INDEX request_records_by_request_id ON request_records (request_id);
CREATE INDEX request_records_by_key ON request_records (key_id, arrived_at);
CREATE INDEX request_records_running ON request_records (written_at) WHERE outcome = 'running';
CREATE INDEX request_records_owed_to_supabase ON request_records (seq)
    WHERE owes_supabase = 1 AND outcome <> 'running' AND refused IS NULL;
CREATE INDEX request_records_owed_to_credits ON request_records (seq)
    WHERE owes_credits = 1 AND outcome <> 'running' AND refused IS NULL;

ALTER TABLE request_records ENABLE ROW LEVEL SECURITY;
