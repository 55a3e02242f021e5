-- Every request that the service performed. The service alone reads and writes it, with the service-role key.
create table public.tts_requests (
    id text primary key,
    request_id text not null,
    key_id text not null,
    arrived_at timestamptz not null,
    app_version text not null,
    model_version text not null,
    speaker text not null,
    format text not null,
    rate integer not null,
    stream boolean not null,
    speed double precision not null,
    normalize boolean not null,
    chunking boolean not null,
    lexicon jsonb,
    temperature double precision not null,
    top_k integer not null,
    top_p double precision not null,
    repetition_penalty double precision not null,
    max_tokens integer not null,
    seed bigint not null,
    text text,
    text_sha256 text not null check (length(text_sha256) = 64),
    characters integer not null check (characters >= 0),
    outcome text not null check (outcome in ('ok', 'client_left', 'stalled', 'refused', 'failed', 'interrupted')),
    error_code text,
    queued_s double precision not null,
    ttfb_s double precision,
    took_s double precision not null,
    audio_s double precision not null check (audio_s >= 0),
    tokens integer not null,
    retries integer not null,
    chunks integer not null
);

comment on column public.tts_requests.id is 'the service''s own, never twice: a delivery that is repeated changes nothing';
comment on column public.tts_requests.request_id is 'X-Request-ID, which a caller may choose, and choose again';

create index tts_requests_arrived on public.tts_requests (arrived_at);
create index tts_requests_by_request_id on public.tts_requests (request_id);
create index tts_requests_by_key on public.tts_requests (key_id, arrived_at);

-- No policy: row-level security then shows nothing to anybody but service_role, which passes it by.
alter table public.tts_requests enable row level security;
revoke all on public.tts_requests from anon, authenticated;
grant select, insert, delete on public.tts_requests to service_role;
