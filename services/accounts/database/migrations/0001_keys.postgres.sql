-- Only the service's own role, which owns the table, reads keys; Supabase's API roles see none.
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE schema_migrations ENABLE ROW LEVEL SECURITY;
