-- Changes of the ledger as functions: each is one statement, and one round trip, for a service far from its database.
-- Each locks its entry first and its account last, so that two never deadlock. Times are seconds since 1970.

-- Hold credits for a request; false where the balance does not cover them. A request with an entry holds nothing more.
CREATE FUNCTION credit_hold(request text, holder text, amount bigint, at double precision, until double precision)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO credit_entries (id, key_id, state, held_ms, charged_ms, unpaid_ms, changed_at, expires_at)
    VALUES (request, holder, 'held', amount, 0, 0, at, until) ON CONFLICT (id) DO NOTHING;
    IF NOT FOUND THEN
        RETURN true;
    END IF;
    UPDATE credit_accounts SET balance_ms = balance_ms - amount WHERE key_id = holder AND balance_ms >= amount;
    IF NOT FOUND THEN
        DELETE FROM credit_entries WHERE id = request;
        RETURN false;
    END IF;
    RETURN true;
END $$;

-- Hold between `least` and `most` more for a request, as much as the balance covers; null where it covers less.
-- An expired hold, of `before` in all, is held anew. A request that is settled, or has no entry, holds nothing.
CREATE FUNCTION credit_hold_more(
    request text, holder text, least_ms bigint, most_ms bigint, before bigint, at double precision, until double precision
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    entry_state text;
    anew bigint := 0;
    balance bigint;
    more bigint;
BEGIN
    SELECT state INTO entry_state FROM credit_entries WHERE id = request AND state IN ('held', 'expired') FOR UPDATE;
    IF NOT FOUND THEN
        RETURN most_ms;
    END IF;
    IF entry_state = 'expired' THEN
        anew := before;
    END IF;
    SELECT balance_ms - anew INTO balance FROM credit_accounts WHERE key_id = holder FOR UPDATE;
    more := LEAST(most_ms, balance);
    IF balance IS NULL OR more < least_ms THEN
        RETURN NULL;
    END IF;
    UPDATE credit_accounts SET balance_ms = balance_ms - anew - more WHERE key_id = holder;
    UPDATE credit_entries SET state = 'held', held_ms = held_ms + anew + more, changed_at = at, expires_at = until
    WHERE id = request;
    RETURN more;
END $$;

-- Charge a request once and release its hold; what the balance does not cover is unpaid.
CREATE FUNCTION credit_settle(request text, holder text, spent bigint, at double precision)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    held bigint;
    available bigint;
    charged bigint;
BEGIN
    INSERT INTO credit_entries (id, key_id, state, held_ms, charged_ms, unpaid_ms, changed_at)
    VALUES (request, holder, 'expired', 0, 0, 0, at) ON CONFLICT (id) DO NOTHING;
    SELECT held_ms INTO held FROM credit_entries WHERE id = request AND state IN ('held', 'expired') FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT balance_ms + held INTO available FROM credit_accounts WHERE key_id = holder FOR UPDATE;
    charged := LEAST(spent, COALESCE(available, 0));
    UPDATE credit_accounts SET balance_ms = balance_ms + held - charged WHERE key_id = holder;
    UPDATE credit_entries
    SET state = 'settled', held_ms = 0, charged_ms = charged, unpaid_ms = spent - charged, changed_at = at
    WHERE id = request;
END $$;

-- Release holds that expired; return their number. They may still be settled, and are held anew by credit_hold_more.
CREATE FUNCTION credit_expire(at double precision) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    entry record;
    released bigint := 0;
BEGIN
    FOR entry IN
        SELECT id, key_id, held_ms FROM credit_entries WHERE state = 'held' AND expires_at < at
        ORDER BY key_id, id FOR UPDATE SKIP LOCKED
    LOOP
        UPDATE credit_accounts SET balance_ms = balance_ms + entry.held_ms WHERE key_id = entry.key_id;
        UPDATE credit_entries SET state = 'expired', held_ms = 0, changed_at = at WHERE id = entry.id;
        released := released + 1;
    END LOOP;
    RETURN released;
END $$;

-- Supabase offers functions of this schema to its API roles; only the role that owns them may use these.
REVOKE ALL ON FUNCTION credit_hold, credit_hold_more, credit_settle, credit_expire FROM PUBLIC;
