-- The outbox's own file. A row is written when a request begins and again when it has ended.
-- owes_*: 1 while its destination does not have it, then 0; null where it is not meant for it.
-- refused: why a destination will never take it.
create table if not exists requests (
    id text primary key,
    request_id text not null,
    key_id text not null,
    arrived_at text not null,
    app_version text not null,
    model_version text not null,
    speaker text not null,
    format text not null,
    rate integer not null,
    stream integer not null,
    speed real not null,
    normalize integer not null,
    chunking integer not null,
    lexicon text,
    temperature real not null,
    top_k integer not null,
    top_p real not null,
    repetition_penalty real not null,
    max_tokens integer not null,
    seed integer not null,
    text text,
    text_sha256 text not null,
    characters integer not null,
    outcome text not null,
    error_code text,
    queued_s real not null,
    ttfb_s real,
    took_s real not null,
    audio_s real not null,
    tokens integer not null,
    retries integer not null,
    chunks integer not null,
    owes_supabase integer,
    owes_credits integer,
    refused text
);

create index if not exists requests_arrived on requests (arrived_at);
create index if not exists requests_by_request_id on requests (request_id);
create index if not exists requests_owed_to_supabase on requests (owes_supabase)
    where owes_supabase = 1 and outcome <> 'running' and refused is null;
create index if not exists requests_owed_to_credits on requests (owes_credits)
    where owes_credits = 1 and outcome <> 'running' and refused is null;
