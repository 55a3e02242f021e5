-- Milliseconds of speech. A balance is what is left to hold: all grants, less what is held, less what was charged.
CREATE TABLE credit_accounts (
    key_id text PRIMARY KEY,
    balance_ms bigint NOT NULL CHECK (balance_ms >= 0)
);

-- One row for a grant or a request. A request's is `held`, perhaps `expired`, and `settled` once, for good.
CREATE TABLE credit_entries (
    id text PRIMARY KEY,
    key_id text NOT NULL,
    state text NOT NULL CHECK (state IN ('granted', 'held', 'expired', 'settled')),
    held_ms bigint NOT NULL CHECK (held_ms >= 0),
    charged_ms bigint NOT NULL,
    unpaid_ms bigint NOT NULL CHECK (unpaid_ms >= 0),
    changed_at double precision NOT NULL,
    expires_at double precision
);

CREATE INDEX credit_entries_by_key ON credit_entries (key_id, changed_at);
CREATE INDEX credit_entries_held ON credit_entries (expires_at) WHERE state = 'held';
