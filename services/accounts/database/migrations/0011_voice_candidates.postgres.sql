ALTER TABLE voice_candidates ENABLE ROW LEVEL SECURITY;

-- As 0006_api_roles: Supabase grants every new table to its API roles.
DO $$
DECLARE
    api_role text;
BEGIN
    FOR api_role IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
        EXECUTE format('REVOKE ALL ON voice_candidates FROM %I', api_role);
    END LOOP;
END $$;
