-- Supabase grants every new table to its API roles, TRUNCATE included, which row-level security does not cover.
DO $$
DECLARE
    api_role text;
BEGIN
    FOR api_role IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
        EXECUTE format(
            'REVOKE ALL ON api_keys, credit_accounts, credit_entries, request_records, schema_migrations FROM %I', api_role
        );
        EXECUTE format(
            'REVOKE ALL ON FUNCTION credit_hold, credit_hold_more, credit_settle, credit_expire FROM %I', api_role
        );
    END LOOP;
END $$;
