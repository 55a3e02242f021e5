-- Supabase grants every new table to its API roles, TRUNCATE included, which row-level security does not cover.
DO $$
DECLARE
    api_role text;
BEGIN
    FOR api_role IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
        EXECUTE format('REVOKE ALL ON pronunciation_dictionaries, pronunciation_versions FROM %I', api_role);
    END LOOP;
END $$;
